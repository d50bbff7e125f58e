package io.github.ldaudiences.event;

import java.io.ByteArrayOutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Finds text in JSON that is not well-formed Unicode: bytes that are not UTF-8, and escapes for half of a surrogate
 * pair. Jackson accepts most of both, and would read different bytes as the same text.
 *
 * <p>ASCII is checked eight bytes at a time, because this check runs on every event of every source.
 */
public final class UnicodeCheck {

    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int WORD = Long.BYTES;
    private static final long LOW_BITS = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long BACKSLASHES = '\\' * LOW_BITS;

    /** Length of an escape such as {@code \ud83d}. */
    private static final int ESCAPE = 6;

    private UnicodeCheck() {}

    /**
     * Checks JSON that begins outside a string.
     *
     * @param json holds the JSON
     * @param from first byte of it
     * @param to first byte after it
     * @return what is wrong at the first place that is not well-formed, as the rest of a sentence about the JSON; null if
     *     there is no such place
     */
    public static String problem(byte[] json, int from, int to) {
        int fault = firstFault(json, from, to);
        if (fault < 0) {
            return null;
        }
        String place = " (at byte " + (fault - from) + ").";
        return json[fault] == '\\'
                ? "has the escape " + new String(json, fault, ESCAPE, StandardCharsets.US_ASCII)
                        + " without the other half of the surrogate pair" + place
                : "is not valid UTF-8" + place;
    }

    /** Returns the position of the first fault, or -1. */
    static int firstFault(byte[] json, int from, int to) {
        for (int at = next(json, from, to); at < to; at = next(json, at, to)) {
            int length = json[at] == '\\' ? escape(json, at, to) : character(json, at, to);
            if (length == 0) {
                return at;
            }
            at += length;
        }
        return -1;
    }

    /**
     * Makes JSON whose bytes are not all UTF-8 readable, so that a parser finds where its values begin and end.
     *
     * @return the same number of bytes, with a question mark for each that is not part of a character; null if there is
     *     no such byte
     */
    static byte[] readable(byte[] json, int from, int to) {
        byte[] readable = null;
        for (int at = next(json, from, to); at < to; at = next(json, at, to)) {
            int length = character(json, at, to);
            if (length == 0) {
                if (readable == null) {
                    readable = Arrays.copyOfRange(json, from, to);
                }
                readable[at - from] = '?';
            }
            at += Math.max(length, 1);
        }
        return readable;
    }

    /**
     * Encodes text as UTF-8. Half of a surrogate pair becomes the three bytes that it would have, which
     * {@link #problem} finds; Java's own encoder would put a question mark in its place.
     *
     * @param text any text
     * @return its bytes
     */
    public static byte[] bytes(String text) {
        if (text.codePoints().noneMatch(UnicodeCheck::isSurrogate)) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length() + 16);
        text.codePoints().forEach(character -> {
            if (isSurrogate(character)) {
                bytes.write(0xE0 | character >> 12);
                bytes.write(0x80 | character >> 6 & 0x3F);
                bytes.write(0x80 | character & 0x3F);
            } else {
                bytes.writeBytes(Character.toString(character).getBytes(StandardCharsets.UTF_8));
            }
        });
        return bytes.toByteArray();
    }

    private static boolean isSurrogate(int character) {
        return character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE;
    }

    /** Returns the position of the next byte that is a backslash or not ASCII. */
    private static int next(byte[] json, int from, int to) {
        int at = from;
        if (at < to && isNext(json[at])) {
            return at; // in many scripts, one non-ASCII byte follows another
        }
        for (; at <= to - WORD; at += WORD) {
            long found = found(json, at);
            if (found != 0) {
                // The lowest bit is certain; a borrow may have set those above it.
                return at + Long.numberOfTrailingZeros(found) / Byte.SIZE;
            }
        }
        while (at < to && !isNext(json[at])) {
            at++;
        }
        return at;
    }

    private static boolean isNext(byte one) {
        return one < 0 || one == '\\';
    }

    /** Returns the highest bit of each of eight bytes that is a backslash or not ASCII. */
    private static long found(byte[] json, int at) {
        long word = (long) WORDS.get(json, at);
        long backslash = word ^ BACKSLASHES; // a byte of 0 where the word has a backslash
        return (word | backslash - LOW_BITS & ~backslash) & HIGH_BITS;
    }

    /** Returns the length of the character that begins here (table 3-7 of the Unicode standard), or 0 if none does. */
    private static int character(byte[] json, int at, int to) {
        int first = json[at] & 0xFF;
        if (first < 0x80) {
            return 1;
        }
        int length = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
        if (length == 0 || at + length > to) {
            return 0;
        }
        int second = json[at + 1] & 0xFF;
        int lowest = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80; // lower: overlong
        int highest = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF; // higher: surrogates, or beyond U+10FFFF
        if (second < lowest || second > highest) {
            return 0;
        }
        for (int i = at + 2; i < at + length; i++) {
            if ((json[i] & 0xC0) != 0x80) {
                return 0;
            }
        }
        return length;
    }

    /** Returns how many bytes to skip from a backslash on, or 0 if it is an escape for half of a surrogate pair. */
    private static int escape(byte[] json, int at, int to) {
        int unit = codeUnit(json, at, to);
        if (unit < 0) {
            return at + 1 < to && json[at + 1] == '\\' ? 2 : 1;
        }
        if (!isSurrogate(unit)) {
            return ESCAPE;
        }
        int second = codeUnit(json, at + ESCAPE, to);
        boolean pair = unit <= Character.MAX_HIGH_SURROGATE
                && second >= Character.MIN_LOW_SURROGATE
                && second <= Character.MAX_LOW_SURROGATE;
        return pair ? 2 * ESCAPE : 0;
    }

    /** Returns the number in an escape such as {@code \ud83d}, or -1 if there is none. */
    private static int codeUnit(byte[] json, int at, int to) {
        if (at + ESCAPE > to || json[at] != '\\' || json[at + 1] != 'u') {
            return -1;
        }
        int unit = 0;
        for (int i = at + 2; i < at + ESCAPE; i++) {
            int digit = Character.digit(json[i], 16);
            if (digit < 0) {
                return -1;
            }
            unit = unit << 4 | digit;
        }
        return unit;
    }
}
