import { describe, expect, test } from 'vitest';
import { MODES_BYTES } from '../../src/core/wire/command.ts';
import { encodeModes, endOfInput, newTerminalModes } from '../../src/dsh/stty.ts';

describe('modes', () => {
  test('are the words of struct termios', () => {
    const modes = encodeModes('1234:5:bf:8a3b:3:1c:7f:15:1:0:1', 'there');
    expect(modes).toHaveLength(MODES_BYTES);
    expect(Buffer.from(modes).toString('hex')).toBe(
      [
        '00001234',
        '00000005',
        '000000bf',
        '00008a3b',
        '00',
        '031c7f15010001',
        '00'.repeat(25),
      ].join(''),
    );
    expect(endOfInput(modes)).toBe(1);
  });

  test('of a terminal that processes here neither echo nor process there', () => {
    const [here, there] = [
      encodeModes(newTerminalModes, 'here'),
      encodeModes(newTerminalModes, 'there'),
    ];
    const differences = [...there].filter((byte, index) => byte !== here[index]);
    // OPOST and ECHO.
    expect(differences).toHaveLength(2);
    expect(there[7]! - here[7]!).toBe(0o1);
    expect(there[15]! - here[15]!).toBe(0o10);
  });

  test('with more characters than there is room for are cut', () => {
    const modes = encodeModes(`0:0:0:0${':7'.repeat(100)}`, 'there');
    expect(modes).toHaveLength(MODES_BYTES);
    expect(modes.at(-1)).toBe(7);
  });

  test('without an end of input have ^D', () => {
    expect(endOfInput(encodeModes('0:0:0:0:0:0', 'there'))).toBe(4);
    expect(endOfInput(undefined)).toBe(4);
  });
});
