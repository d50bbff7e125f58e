package io.github.ldaudiences.benchmark;

import java.nio.charset.StandardCharsets;

/** Makes events of about 800 bytes, as an Engage space sends them. */
final class BenchmarkEvents {

    private BenchmarkEvents() {}

    /**
     * @param number of the event: decides audience and person
     * @param audiences how many audiences there are; neighbours are in different ones
     * @param people how many people there are in each audience
     * @return JSON of one event
     */
    static String event(int number, int audiences, int people) {
        int audience = number % audiences;
        int person = number / audiences % people;
        return """
                {"anonymousId":"anon-3cecb57b-%1$d","context":{"personas":{"computation_class":"audience",\
                "computation_id":"aud_voGMOnBy8nglX20ZPZzCtnBD%2$04d","computation_key":"price_sensitive_visitors_%2$d",\
                "namespace":"spa_KJNjCuLWuiECp9384UWlppoJq","space_id":"spa_KJNjCuLWuiECp9384UWlppoJq"},\
                "traits":{"email":"someone+%1$d@mail.example.com"}},"integrations":{"All":false,\
                "Warehouses":{"all":false},"LaunchDarkly Audiences":true},"messageId":"personas_k2bVSW4ct65%3$d",\
                "originalTimestamp":"2026-01-01T00:00:00.273Z","receivedAt":"2026-01-01T00:00:01.296Z",\
                "sentAt":"2026-01-01T00:00:00.273Z","timestamp":"2026-01-01T00:00:00.273Z","type":"identify",\
                "userId":"user_%1$08d","version":2,"projectId":"FuoAcUqCGzs6XkxxxVkVlw",\
                "traits":{"email":"someone+%1$d@mail.example.com","price_sensitive_visitors_%2$d":%4$s}}""".formatted(person, audience, number, number % 3 != 0);
    }

    /** @return {@code bodies} JSON arrays of {@code count} events each, all different */
    static byte[][] arrays(int bodies, int count, int audiences, int people) {
        byte[][] made = new byte[bodies][];
        for (int i = 0; i < bodies; i++) {
            made[i] = array(i * count, count, audiences, people);
        }
        return made;
    }

    /** @return a JSON array of {@code count} events, beginning with number {@code first} */
    static byte[] array(int first, int count, int audiences, int people) {
        StringBuilder body = new StringBuilder(count * 820).append('[');
        for (int i = 0; i < count; i++) {
            body.append(i == 0 ? "" : ",").append(event(first + i, audiences, people));
        }
        return body.append(']').toString().getBytes(StandardCharsets.UTF_8);
    }
}
