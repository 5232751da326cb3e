import { describe, expect, test } from 'vitest';
import { makeSanitizer } from '../../../src/report/voice/index.ts';
import { full, masked } from '../fixtures.ts';

describe('a URL', () => {
  test.each([
    ['https://eu1.chatapi.api.sinch.com/whatsapp/v1', 'https://eu1.chatapi.api.sinch.com/whatsapp/v1'],
    ['http://127.0.0.1:8480/gateway/v25.0', 'http://127.0.0.1:8480/gateway/v25.0'],
    ['https://graph.facebook.com/106540352242922', 'https://graph.facebook.com/+10•••••••••2922'],
    ['https://a.example/44-7700-900123/x', 'https://a.example/+44••••••0123/x'],
    ['https://a.example/447.700.900.123/x', 'https://a.example/+44••••••0123/x'],
    ['https://447700900123.example', 'https://+44••••••0123.example'],
    ['https://a.example/%2B447700900123/x', 'https://a.example/…/x'],
    ['https://a.example/=34=34=37=37=30=30=39=30=30=31=32=33/x', 'https://a.example/…/x'],
    ['https://a.example/my_api-v1.0~b/x', 'https://a.example/my_api-v1.0~b/x'],
    [`https://a.example/${btoa('+447700900123')}/x`, 'https://a.example/…/x'],
  ])('%s is %s when masked', (url, shown) => {
    expect(masked.url(url)).toBe(shown);
    expect(full.url(url)).toBe(url);
  });

  test('hides a whole token whose end is in an encoded folder', () => {
    const clean = makeSanitizer({ masked: true, secrets: new Set(['tok/en/end']) });
    expect(clean.url('https://a.example/tok/en/end%3Cp/x')).toBe('https://a.example/[token]/x');
  });
});
