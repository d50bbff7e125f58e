package io.github.ldaudiences.route;

import static io.github.ldaudiences.fixture.AudienceEvent.array;
import static io.github.ldaudiences.fixture.Compressed.deflate;
import static io.github.ldaudiences.fixture.Compressed.deflateBomb;
import static io.github.ldaudiences.fixture.Compressed.gzip;
import static io.github.ldaudiences.fixture.Compressed.gzipBomb;
import static io.github.ldaudiences.fixture.Compressed.join;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.RawConnection;
import io.github.ldaudiences.fixture.Reply;
import io.github.ldaudiences.fixture.RunningBundle;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that senders compress, on every path that takes bodies, and such as are made to do harm. */
@Tag("http")
class CompressedRequestsTest {

    private static final String SECRET = "secret-of-segment";
    private static final String TOKEN = "token-0123456789";
    private static final int MAX_BYTES = 1_000_000;

    private static RunningBundle bundle;

    @BeforeAll
    static void startBundle() {
        bundle = RunningBundle.start(
                "audiences.inbound.http.max-body-bytes",
                Integer.toString(MAX_BYTES),
                "audiences.inbound.http.signature-secrets",
                SECRET,
                "audiences.inbound.http.bearer-tokens",
                TOKEN,
                "audiences.explain",
                "on",
                "audiences.replay",
                "on");
    }

    @AfterAll
    static void stopBundle() {
        bundle.close();
    }

    @AfterEach
    void nothingIsLeftBehind() {
        assertThat(bundle.backlogEvents()).isZero();
        assertThat(post(gzip(event("aud_after", "good")), "gzip").count("delivered"))
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "GZip", "x-gzip"})
    void gzipIsTaken(String encoding) {
        String audience = "aud_" + encoding;
        Reply reply = post(gzip(array(event(audience, "u1"), "17", event(audience, "u2"))), encoding);
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.count("delivered")).isEqualTo(2);
        assertThat(reply.json().findValuesAsText("index")).containsExactly("1");
        assertThat(bundle.included(audience)).containsExactly("u1", "u2");
    }

    @Test
    void deflateAndIdentityAreTaken() {
        assertThat(post(deflate(event("aud_deflate", "u1")), "deflate").count("delivered"))
                .isEqualTo(1);
        assertThat(post(bytes(event("aud_deflate", "u2")), "identity").count("delivered"))
                .isEqualTo(1);
        assertThat(bundle.included("aud_deflate")).containsExactly("u1", "u2");
    }

    @Test
    void linesAndSeveralMembersAreTaken() {
        byte[] members = join(gzip(event("aud_lines", "u1") + "\n"), gzip(event("aud_lines", "u2")));
        Reply reply = send("/v1/events", "application/x-ndjson", members, "Content-Encoding", "gzip");
        assertThat(reply.count("delivered")).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"br", "zstd", "compress", "gzip, gzip", "gzip,deflate", "identity, gzip", "*", "gzip;q=1"})
    void anyOtherEncodingAndSeveralGet415WithThoseThatAreTaken(String encoding) {
        Reply reply = post(gzip(event("aud_other", "u1")), encoding);
        assertThat(reply.status()).isEqualTo(415);
        assertThat(reply.error()).isEqualTo("The content encoding must be gzip, deflate or identity.");
        assertThat(reply.header("Accept-Encoding")).isEqualTo("gzip, deflate");
    }

    @Test
    void twoHeadersAreSeveralEncodings() {
        try (RawConnection connection = RawConnection.to(bundle.port())) {
            connection.send(RawConnection.post(
                    "/v1/events",
                    "[]",
                    "Authorization: Bearer " + TOKEN,
                    "Content-Encoding: gzip",
                    "Content-Encoding: gzip"));
            assertThat(connection.status()).isEqualTo(415);
        }
    }

    @Test
    void whatCannotBeExpandedGets400() {
        byte[] whole = gzip(event("aud_broken", "u1"));
        byte[] damaged = whole.clone();
        damaged[whole.length / 2] ^= 4;
        for (byte[] broken : List.of(
                Arrays.copyOf(whole, whole.length - 1),
                damaged,
                join(whole, bytes("{}")),
                bytes(event("aud_broken", "u1")))) {
            Reply reply = post(broken, "gzip");
            assertThat(reply.status()).isEqualTo(400);
            assertThat(reply.error()).startsWith("The body is not valid gzip: ");
        }
        assertThat(post(whole, "deflate").status()).isEqualTo(400);
        assertThat(post(whole, "identity").error()).contains("not valid");
        assertThat(post(new byte[0], "gzip").error()).isEqualTo("The body is empty.");
        assertThat(post(gzip("{\"a\":"), "gzip").error()).contains("not valid JSON", "(at byte ");
        assertThat(bundle.segmentIds()).doesNotContain("aud_broken");
    }

    @Test
    void theLimitIsThatOfTheExpandedBody() {
        String full = event("aud_full", "u1");
        full += " ".repeat(MAX_BYTES - full.length());
        for (int i = 0; i < 3; i++) {
            assertThat(post(gzip(full), "gzip").status()).isEqualTo(200);
            assertThat(post(deflate(full), "deflate").status()).isEqualTo(200);
            Reply reply = post(gzip(full + " "), "gzip");
            assertThat(reply.status()).isEqualTo(413);
            assertThat(reply.error()).contains("1000000 bytes");
        }
    }

    @Test
    void bombsAreCutOffAndGoodRequestsBesideThemAreDelivered() {
        List<byte[]> bombs = List.of(gzipBomb(100), join(gzip("["), gzipBomb(50)), deflateBomb(100));
        List<CompletableFuture<Reply>> refused = new ArrayList<>();
        List<CompletableFuture<Reply>> good = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            String encoding = i % 3 == 2 ? "deflate" : "gzip";
            refused.add(postAsync(bombs.get(i % 3), encoding));
            good.add(postAsync(gzip(event("aud_beside", "u" + i)), "gzip"));
        }
        assertThat(good)
                .allSatisfy(reply -> assertThat(reply.join().count("delivered")).isEqualTo(1));
        assertThat(refused)
                .allSatisfy(reply -> assertThat(reply.join().status()).isEqualTo(413));
        assertThat(bundle.included("aud_beside"))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 30).mapToObj(i -> "u" + i).toList());
    }

    @Test
    void aSignatureIsThatOfTheBytesAsSent() throws Exception {
        String event = event("aud_signed", "u1");
        byte[] sent = gzip(event);
        assertThat(signed(sent, sign(sent)).count("delivered")).isEqualTo(1);
        assertThat(signed(sent, sign(bytes(event))).status()).isEqualTo(401);
    }

    @Test
    void nothingIsExpandedOfARequestThatIsRefusedForSomethingElse() {
        byte[] broken = bytes("this is not gzip");
        assertThat(signed(broken, "0".repeat(40)).status()).isEqualTo(401);
        assertThat(send("/v1/events", "application/xml", broken, "Content-Encoding", "gzip")
                        .status())
                .isEqualTo(415);
        assertThat(send("/v1/events", "application/json; charset=latin1", broken, "Content-Encoding", "gzip")
                        .status())
                .isEqualTo(415);
        assertThat(send("/v1/dead-letters/replay", "application/json", broken, "Content-Encoding", "gzip")
                        .status())
                .isEqualTo(415);
        assertThat(send("/v1/dead-letters/replay?force=yes", "application/x-ndjson", broken, "Content-Encoding", "gzip")
                        .error())
                .contains("force=true");
    }

    @Test
    void explainAndReplayTakeThemToo() {
        byte[] bad = gzip(
                AudienceEvent.identify("aud_replay", "vip", true).anonymous("a").toString());
        Reply explained = send("/v1/explain", "application/json", bad, "Content-Encoding", "gzip");
        assertThat(explained.json().at("/events/0/outcome").asText()).isEqualTo("rejected");
        assertThat(send("/v1/explain", "application/json", gzipBomb(5), "Content-Encoding", "gzip")
                        .status())
                .isEqualTo(413);

        assertThat(post(bad, "gzip").count("rejected")).isEqualTo(1);
        List<JsonNode> letters = bundle.deadLetters();
        byte[] letter = gzip(letters.get(letters.size() - 1).toString());
        Reply replayed = send("/v1/dead-letters/replay", "application/x-ndjson", letter, "Content-Encoding", "gzip");
        assertThat(replayed.count("rejected")).isEqualTo(1);
        assertThat(replayed.reason(0)).contains("context_key");
    }

    private static String event(String audience, String user) {
        return AudienceEvent.identify(audience, "vip", true).user(user).toString();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Reply post(byte[] body, String encoding) {
        return send("/v1/events", "application/json", body, "Content-Encoding", encoding);
    }

    private static CompletableFuture<Reply> postAsync(byte[] body, String encoding) {
        return bundle.sendAsync(request("/v1/events", "application/json", body, "Content-Encoding", encoding)
                .header("Authorization", "Bearer " + TOKEN)
                .build());
    }

    private static Reply send(String path, String contentType, byte[] body, String... headers) {
        return bundle.send(request(path, contentType, body, headers)
                .header("Authorization", "Bearer " + TOKEN)
                .build());
    }

    private static Reply signed(byte[] body, String signature) {
        return bundle.send(
                request("/v1/events", "application/json", body, "Content-Encoding", "gzip", "X-Signature", signature)
                        .build());
    }

    private static HttpRequest.Builder request(String path, String contentType, byte[] body, String... headers) {
        return bundle.request(path, contentType).headers(headers).POST(BodyPublishers.ofByteArray(body));
    }

    private static String sign(byte[] body) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA1");
        mac.init(new SecretKeySpec(bytes(SECRET), "HmacSHA1"));
        return HexFormat.of().formatHex(mac.doFinal(body));
    }
}
