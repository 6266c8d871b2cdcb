const UNSAFE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu

/**
 * A name for a document: without control characters, line ends and characters that change the direction of
 * what follows. Unlike in a terminal, joined emoji and letters stay as they are.
 */
export function visible(name: string): string {
  return name.replace(UNSAFE, '�')
}
