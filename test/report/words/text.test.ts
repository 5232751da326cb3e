import { describe, expect, test } from 'vitest';
import { address } from '../../../src/report/words/text.ts';
import { full, masked } from '../fixtures.ts';

describe('an address', () => {
  test.each([
    ['https://eu1.chatapi.api.sinch.com/whatsapp/v1', 'https://eu1.chatapi.api.sinch.com/whatsapp/v1'],
    ['http://127.0.0.1:8480/gateway/v25.0', 'http://127.0.0.1:8480/gateway/v25.0'],
    ['https://graph.facebook.com/106540352242922', 'https://graph.facebook.com/+10•••••••••2922'],
    ['https://a.example/%2B447700900123/x', 'https://a.example/…/x'],
    [`https://a.example/${btoa('+447700900123')}/x`, 'https://a.example/…/x'],
  ])('%s is %s when masked', (url, shown) => {
    expect(address(url, masked)).toBe(shown);
    expect(address(url, full)).toBe(url);
  });
});
