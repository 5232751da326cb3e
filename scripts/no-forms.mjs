/** Stands for the forms and files that node-fetch can send and receive. This program exchanges only text. */
export class Blob {}
export class File extends Blob {}
export class FormData {}
export default Blob;

function unused() {
  throw new Error('forms and files are not part of the bundle');
}
export const blobFrom = unused;
export const blobFromSync = unused;
export const fileFrom = unused;
export const fileFromSync = unused;
export const formDataToBlob = unused;
