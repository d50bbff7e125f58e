package io.github.ldaudiences.inbound.http;

import static io.github.ldaudiences.fixture.Compressed.deflate;
import static io.github.ldaudiences.fixture.Compressed.deflateBomb;
import static io.github.ldaudiences.fixture.Compressed.gzip;
import static io.github.ldaudiences.fixture.Compressed.gzipBomb;
import static io.github.ldaudiences.fixture.Compressed.join;
import static io.github.ldaudiences.fixture.Compressed.rawDeflate;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.management.ThreadMXBean;
import io.github.ldaudiences.inbound.http.connection.ReceivingBytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What compressed bytes become, how much memory that takes, and what is said of those that become nothing. */
@Tag("http")
class ExpandedBodyTest {

    private static final int MAX = 1_000_000;
    private static final String TEXT = "{\"type\":\"identify\",\"userId\":\"größe\"} ".repeat(20);

    private final ReceivingBytes receiving = new ReceivingBytes(MAX, 10 * MAX);

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 100, 4095, 4096, 4097, 65_535, 65_536, 65_537, 131_072, 999_999, 1_000_000})
    void bytesOfAnyLengthUpToTheLimitAreExpandedHoweverWellTheyCompress(int length) throws Exception {
        byte[] spaces = new byte[length];
        Arrays.fill(spaces, (byte) ' ');
        byte[] noise = new byte[length];
        new Random(length).nextBytes(noise);
        for (byte[] bytes : new byte[][] {spaces, noise}) {
            assertThat(expand(gzip(bytes), ContentEncoding.GZIP)).isEqualTo(bytes);
        }
        String text = "x".repeat(length);
        assertThat(expand(deflate(text), ContentEncoding.DEFLATE)).isEqualTo(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void oneByteMoreThanTheLimitIsRefused() {
        byte[] more = new byte[MAX + 1];
        assertThat(refusal(gzip(more), ContentEncoding.GZIP).code().status()).isEqualTo(413);
        assertThat(refusal(deflate("x".repeat(MAX + 1)), ContentEncoding.DEFLATE))
                .satisfies(refused -> {
                    assertThat(refused.code().status()).isEqualTo(413);
                    assertThat(refused).hasMessage("The body may have at most 1000000 bytes when it is expanded.");
                });
        // The last of several members says that it is small.
        assertThat(refusal(join(gzip(new byte[MAX]), gzip("x")), ContentEncoding.GZIP)
                        .code()
                        .status())
                .isEqualTo(413);
    }

    @Test
    void aBombTakesNoMoreMemoryThanTheLimit() {
        byte[] gzip = gzipBomb(30);
        assertThat(gzip.length).isLessThan(35_000);
        byte[] lying = gzip.clone();
        Arrays.fill(lying, lying.length - 4, lying.length, (byte) 0);
        lying[lying.length - 2] = 1; // 65536 bytes
        byte[][] members = new byte[100][];
        Arrays.fill(members, gzipBomb(1));
        for (byte[] bomb : new byte[][] {gzip, lying, join(members)}) {
            assertThat(allocatedToRefuse(bomb, ContentEncoding.GZIP)).isLessThan(MAX + 20_000);
        }
        assertThat(allocatedToRefuse(deflateBomb(30), ContentEncoding.DEFLATE)).isLessThan(MAX + 20_000);
    }

    private long allocatedToRefuse(byte[] bomb, ContentEncoding encoding) {
        ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        refusal(bomb, encoding); // whatever is loaded is loaded now
        long before = thread.getCurrentThreadAllocatedBytes();
        RefusedRequestException refused = refusal(bomb, encoding);
        long allocated = thread.getCurrentThreadAllocatedBytes() - before;
        assertThat(refused.code().status()).isEqualTo(413);
        return allocated;
    }

    @Test
    void aBodyWhoseLengthIsSaidIsNotCopied() throws Exception {
        byte[] gzip = gzip(new byte[MAX]);
        expand(gzip, ContentEncoding.GZIP);
        ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = thread.getCurrentThreadAllocatedBytes();
        expand(gzip, ContentEncoding.GZIP);
        assertThat(thread.getCurrentThreadAllocatedBytes() - before).isLessThan(MAX + 20_000);
    }

    @Test
    void severalMembersAreOneBody() {
        assertThat(outcome(join(gzip("[1,"), gzip(""), gzip("2"), gzip("]")))).isEqualTo("[1,2]");
    }

    @Test
    void whatAGzipHeaderMaySayIsPassedOver() {
        byte[] plain = gzip(TEXT);
        byte[] header = Arrays.copyOf(plain, 10);
        header[3] = 2 | 4 | 8 | 16;
        byte[] optional = {3, 0, 'a', 'b', 'c', 'n', 'a', 'm', 'e', 0, 0, 17, 17};
        byte[] rest = Arrays.copyOfRange(plain, 10, plain.length);
        assertThat(outcome(join(header, optional, rest))).isEqualTo(TEXT);
    }

    @Test
    void nothingStaysNothing() throws Exception {
        assertThat(expand(new byte[0], ContentEncoding.GZIP)).isEmpty();
        assertThat(expand(gzip(""), ContentEncoding.GZIP)).isEmpty();
        assertThat(expand(deflate(""), ContentEncoding.DEFLATE)).isEmpty();
    }

    @Test
    void whatIsCutOffAnywhereEndsTooEarly() {
        for (ContentEncoding encoding : new ContentEncoding[] {ContentEncoding.GZIP, ContentEncoding.DEFLATE}) {
            byte[] whole = encoding == ContentEncoding.GZIP ? gzip(TEXT) : deflate(TEXT);
            for (int length = 1; length < whole.length; length++) {
                RefusedRequestException refused = refusal(Arrays.copyOf(whole, length), encoding);
                assertThat(refused.code().status()).isEqualTo(400);
                assertThat(refused).hasMessage("The body is not valid " + encoding + ": it ends too early.");
            }
        }
        byte[] two = join(gzip(TEXT), gzip(TEXT));
        for (int length = gzip(TEXT).length + 1; length < two.length; length++) {
            assertThat(refusal(Arrays.copyOf(two, length), ContentEncoding.GZIP))
                    .hasMessage("The body is not valid gzip: it ends too early.");
        }
    }

    @Test
    void aBitThatIsWrongIsFoundOrMeansNothing() {
        byte[] whole = gzip(TEXT);
        for (int bit = 0; bit < whole.length * 8; bit++) {
            byte[] damaged = whole.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            String ours = outcome(damaged);
            // The platform's own stream passes over what follows a member, and guesses less at its flags.
            if (ours.equals(TEXT)) {
                assertThat(javas(damaged)).as("bit " + bit).isEqualTo(TEXT);
            } else {
                assertThat(ours).as("bit " + bit).startsWith("400 The body is not valid gzip: ");
            }
        }
    }

    @Test
    void whatFollowsTheEndIsRefused() {
        String follows = "The body is not valid gzip: other bytes follow its end.";
        for (byte[] more : new byte[][] {{0}, {0x1F, 0}, "{}".getBytes(StandardCharsets.US_ASCII), new byte[100]}) {
            assertThat(refusal(join(gzip(TEXT), more), ContentEncoding.GZIP)).hasMessage(follows);
        }
        assertThat(refusal(join(deflate(TEXT), deflate(TEXT)), ContentEncoding.DEFLATE))
                .hasMessage(follows.replace("gzip", "deflate"));
    }

    @Test
    void whatIsSomethingElseIsRefused() {
        assertThat(refusal(TEXT.getBytes(StandardCharsets.UTF_8), ContentEncoding.GZIP))
                .hasMessage("The body is not valid gzip: it has no gzip header.");
        assertThat(refusal(deflate(TEXT), ContentEncoding.GZIP))
                .hasMessage("The body is not valid gzip: it has no gzip header.");
        for (byte[] other : new byte[][] {gzip(TEXT), rawDeflate(TEXT), TEXT.getBytes(StandardCharsets.UTF_8)}) {
            assertThat(refusal(other, ContentEncoding.DEFLATE).getMessage())
                    .startsWith("The body is not valid deflate: ");
        }
        Deflater deflater = new Deflater();
        deflater.setDictionary("userId".getBytes(StandardCharsets.US_ASCII));
        deflater.setInput(TEXT.getBytes(StandardCharsets.UTF_8));
        deflater.finish();
        byte[] withDictionary = new byte[1000];
        int length = deflater.deflate(withDictionary);
        deflater.end();
        assertThat(refusal(Arrays.copyOf(withDictionary, length), ContentEncoding.DEFLATE))
                .hasMessage("The body is not valid deflate: it needs a dictionary.");
    }

    @Test
    void whatIsExpandedCountsUntilItIsClosedAndOneThatIsAloneMayAlwaysBe() throws Exception {
        ReceivingBytes little = new ReceivingBytes(MAX, MAX / 2);
        byte[] gzip = gzip(new byte[MAX * 6 / 10]);
        for (int i = 0; i < 3; i++) {
            try (ExpandedBody alone = new ExpandedBody(gzip, ContentEncoding.GZIP, little);
                    ExpandedBody second = new ExpandedBody(gzip, ContentEncoding.GZIP, little)) {
                assertThat(alone.bytes()).hasSize(MAX * 6 / 10);
                assertThat(catchThrowableOfType(RefusedRequestException.class, second::bytes)
                                .code()
                                .status())
                        .isEqualTo(503);
            }
        }
    }

    private byte[] expand(byte[] sent, ContentEncoding encoding) throws RefusedRequestException {
        try (ExpandedBody body = new ExpandedBody(sent, encoding, receiving)) {
            return body.bytes();
        }
    }

    private RefusedRequestException refusal(byte[] sent, ContentEncoding encoding) {
        return catchThrowableOfType(RefusedRequestException.class, () -> expand(sent, encoding));
    }

    private String outcome(byte[] gzip) {
        try {
            return new String(expand(gzip, ContentEncoding.GZIP), StandardCharsets.UTF_8);
        } catch (RefusedRequestException e) {
            return e.code().status() + " " + e.getMessage();
        }
    }

    private static String javas(byte[] gzip) {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
