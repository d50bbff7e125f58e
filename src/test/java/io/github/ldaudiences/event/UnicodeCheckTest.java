package io.github.ldaudiences.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ldaudiences.fixture.MalformedText;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("event")
class UnicodeCheckTest {

    static Stream<String> malformed() {
        return MalformedText.CASES.values().stream();
    }

    static Stream<String> wellFormed() {
        return MalformedText.WELL_FORMED.values().stream();
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void malformedTextIsFoundWhereverItStands(String text) {
        for (int before = 0; before < 20; before++) {
            for (int after : new int[] {0, 1, 7, 40}) {
                byte[] json = MalformedText.bytes("x".repeat(before) + text + "x".repeat(after));
                assertThat(UnicodeCheck.firstFault(json, 0, json.length)).isBetween(before, before + text.length() - 1);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("wellFormed")
    void wellFormedTextIsNot(String text) {
        for (int before = 0; before < 20; before++) {
            byte[] json = MalformedText.bytes("x".repeat(before) + text + "\u00c3\u00bc" + text);
            assertThat(UnicodeCheck.firstFault(json, 0, json.length)).isEqualTo(-1);
            assertThat(UnicodeCheck.readable(json, 0, json.length)).isNull();
        }
    }

    /** Java's own decoder is the reference. */
    @Test
    void bytesAreUtf8ExactlyIfJavaSaysSo() {
        Random random = new Random(15);
        int[] likely = {0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC1, 0xC2, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xF5};
        List<String> different = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            byte[] bytes = new byte[random.nextInt(14)];
            for (int at = 0; at < bytes.length; at++) {
                int next = random.nextInt(4) == 0 ? random.nextInt(256) : likely[random.nextInt(likely.length)];
                bytes[at] = (byte) (next == '\\' ? 'x' : next);
            }
            if (UnicodeCheck.firstFault(bytes, 0, bytes.length) < 0 != isUtf8(bytes)) {
                different.add(HexFormat.of().formatHex(bytes));
            }
        }
        assertThat(different).isEmpty();
    }

    @Test
    void everyCharacterIsWellFormed() {
        StringBuilder all = new StringBuilder();
        for (int character = 0; character <= Character.MAX_CODE_POINT; character++) {
            if (character < Character.MIN_SURROGATE || character > Character.MAX_SURROGATE) {
                all.appendCodePoint(character);
            }
        }
        byte[] bytes = UnicodeCheck.bytes(all.toString());
        assertThat(bytes).isEqualTo(all.toString().getBytes(StandardCharsets.UTF_8));
        assertThat(UnicodeCheck.firstFault(bytes, 0, bytes.length)).isEqualTo(-1);
    }

    @Test
    void whatIsReadableIsUtf8AndAsLongAndKeepsWhatIsWellFormed() {
        MalformedText.CASES.forEach((name, text) -> {
            byte[] json = MalformedText.bytes("{\"\u00c3\u00bc\":\"" + text + "\"}");
            byte[] readable = UnicodeCheck.readable(json, 0, json.length);
            if (text.startsWith("\\") && text.chars().allMatch(c -> c < 0x80)) {
                assertThat(readable).as(name).isNull();
            } else {
                assertThat(isUtf8(readable)).as(name).isTrue();
                assertThat(readable).as(name).hasSameSizeAs(json);
                assertThat(new String(readable, StandardCharsets.UTF_8))
                        .as(name)
                        .startsWith("{\"ü\":\"")
                        .endsWith("\"}");
            }
        });
    }

    @Test
    void onlyTheGivenPartIsLookedAt() {
        byte[] json = MalformedText.bytes("\u00ff12345678\u00c3\u00bc\\ud83d\\ude00\u00ff");
        assertThat(UnicodeCheck.firstFault(json, 1, json.length - 1)).isEqualTo(-1);
        assertThat(UnicodeCheck.firstFault(json, 1, 10)).isEqualTo(9);
        assertThat(UnicodeCheck.firstFault(json, 10, 11)).isEqualTo(10);
        assertThat(UnicodeCheck.firstFault(json, 11, json.length - 2)).isEqualTo(11);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ab\u00ff      | is not valid UTF-8 (at byte 2).",
                "a\\uD83Dx    | has the escape \\uD83D without the other half of the surrogate pair (at byte 1)."
            })
    void theProblemNamesThePlace(String text, String problem) {
        byte[] json = MalformedText.bytes("--" + text.strip());
        assertThat(UnicodeCheck.problem(json, 2, json.length)).isEqualTo(problem);
    }

    @Test
    void halfOfASurrogatePairInAStringStaysAFaultInItsBytes() {
        for (Map.Entry<String, Integer> each : Map.of(
                        "\ud800", 0, "xü\udfff", 3, "\ud83d\ude00\ude00", 4, "\ud83d\ud83d\ude00x", 0)
                .entrySet()) {
            byte[] bytes = UnicodeCheck.bytes(each.getKey());
            assertThat(UnicodeCheck.firstFault(bytes, 0, bytes.length)).isEqualTo(each.getValue());
        }
        List<byte[]> different = new ArrayList<>();
        for (String text : List.of("\ud800", "\ud801", "\udc00", "?", "\ufffd")) {
            different.add(UnicodeCheck.bytes(text));
        }
        assertThat(different).doesNotHaveDuplicates();
    }

    private static boolean isUtf8(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
