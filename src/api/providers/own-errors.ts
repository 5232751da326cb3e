/** Reads errors that a partner of Meta reports in its own form, and not in that of the Graph API. */
import { ApiError } from '../../model/errors.ts';
import type { HttpResponse } from '../http.ts';
import { statusError } from '../status.ts';
import { wrongToken } from './graph.ts';
import { bodyOf, excerpt } from './json.ts';

/** How a vendor reports its own errors. */
export interface OwnErrors {
  /** Reads an error from a body; null if the body is not an error in the vendor's form. */
  read(body: unknown): OwnError | null;
  /** The statuses of a wrong token. */
  readonly wrongToken: readonly number[];
}

interface OwnError {
  /** The server's own words. */
  readonly text: string;
  /** The status in the body, which may differ from that of the answer. */
  readonly status?: number;
}

/** A throttle may have any status, such as 400. */
const THROTTLE = /rate.?limit|too many requests/i;

/**
 * Returns the error of an answer; null if it is not in the vendor's form.
 *
 * @param place the settings with which the API finds the list.
 */
export function ownFailure(response: HttpResponse, errors: OwnErrors, place: readonly string[]): ApiError | null {
  const error = errors.read(bodyOf(response));
  if (!error) return null;
  const detail = excerpt(error.text);
  const status = THROTTLE.test(error.text) ? 429 : (error.status ?? response.status);
  if (status < 400) return null; // not clear whether it is an error
  if (errors.wrongToken.includes(status)) return wrongToken(String(status), detail);
  if (status === 400) {
    return new ApiError(`the server refused the request (400); check ${place.join(' and ')}`, {
      detail,
      refused: true,
    });
  }
  if (status === 403) {
    const message = 'the vendor does not allow this request (403); ask it to enable block_users for this phone number';
    return new ApiError(message, { detail, hopeless: true });
  }
  if (status === 404) {
    const message = `the vendor does not know this phone number (404); check ${place.join(' and ')}`;
    return new ApiError(message, { detail, hopeless: true });
  }
  return statusError({ ...response, status }, detail);
}
