import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../../src/providers/address.js';

describe('parseAddress', () => {
  it.each([
    'http://localhost:8000/v1',
    'http://127.0.0.1:1/v1/',
    'http://[::1]:8000',
    'http://a.localhost/v1',
    'HTTP://LOCALHOST/v1',
  ])('takes %s on this machine', (url) => {
    expect(parseAddress(url, 'p')).toMatchObject({ isLoopback: true, isUnencrypted: false });
  });

  it.each([
    'http://192.168.1.2:8000/v1',
    'http://example.com/v1',
    'http://localhost.example.com',
    'http://127.0.0.1.example.com',
    'http://0.0.0.0:80',
  ])('tells that %s is not encrypted', (url) => {
    expect(parseAddress(url, 'p')).toMatchObject({ isLoopback: false, isUnencrypted: true });
  });

  it.each(['https://192.168.1.2:8000/v1', 'https://example.com'])('tells that %s is encrypted', (url) => {
    expect(parseAddress(url, 'p')).toMatchObject({ isLoopback: false, isUnencrypted: false });
  });

  it.each(['', 'localhost:8000', 'ftp://localhost/', 'javascript:alert(1)', 'https://me:secret@example.com/v1'])(
    'refuses %j',
    (url) => {
      expect(() => parseAddress(url, 'p')).toThrow(expect.objectContaining({ reason: 'invalid-settings' }));
    },
  );

  it('shows neither query nor slash at the end, and keeps the query for the request', () => {
    expect(parseAddress(' https://api.example/v1/?secret=1#x ', 'p')).toEqual({
      baseUrl: 'https://api.example/v1?secret=1',
      origin: 'https://api.example',
      display: 'https://api.example/v1',
      queryValues: ['1'],
      isLoopback: false,
      isUnencrypted: false,
    });
  });
});
