package io.github.ldaudiences.benchmark;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Makes events as large as those of an Engage space that sends all that it knows of a person. */
final class LargeEvents {

    private static final String CONTEXT = """
            "active":true,"app":{"name":"Shop","version":"5.4.1","build":"5412","namespace":"com.example.shop"},\
            "campaign":{"name":"spring-sale","source":"newsletter","medium":"email","term":"garden","content":"top"},\
            "device":{"id":"B5372DB0-C21E-11E4-8DFC-AA07A5B093DB","manufacturer":"Apple","model":"iPhone14,5",\
            "type":"ios","token":"ff15bc0c20c4aa6cd50854ff165fd265c838e5405bfeb9571066395b8c9da449"},\
            "ip":"203.0.113.17","library":{"name":"analytics.js","version":"2.11.1"},"locale":"en-GB",\
            "location":{"city":"Leeds","country":"United Kingdom","latitude":53.7997,"longitude":-1.5492,"speed":0},\
            "network":{"bluetooth":false,"carrier":"O2","cellular":true,"wifi":false},\
            "os":{"name":"iPhone OS","version":"17.3"},"page":{"path":"/garden/","referrer":"https://www.example.com/",\
            "search":"?page=2","title":"Garden tools","url":"https://shop.example.com/garden/?page=2"},\
            "screen":{"width":390,"height":844,"density":3},"timezone":"Europe/London",\
            "userAgent":"Mozilla/5.0 (iPhone; CPU iPhone OS 17_3 like Mac OS X) AppleWebKit/605.1.15",""";

    /** Name and value of traits of different shapes; %1$d is the number of the trait, %2$d that of the event. */
    private static final String[] TRAITS = {
        "\"favourite_category_%1$d\":\"garden-%2$d\"",
        "\"orders_last_%1$d_days\":%2$d",
        "\"average_order_value_%1$d\":129.95",
        "\"newsletter_%1$d\":true",
        "\"last_visit_of_shop_%1$d\":\"2026-01-01T00:00:00.273Z\"",
        "\"address_%1$d\":{\"street\":\"%2$d Station Road\",\"city\":\"Leeds\",\"postalCode\":\"LS1 4DY\",\"country\":\"GB\"}",
        "\"tags_%1$d\":[\"loyal\",\"mobile\",\"coupon-%2$d\"]",
        "\"recent_orders_%1$d\":[{\"order_id\":\"o-%2$d\",\"total\":49.9,\"currency\":\"GBP\",\"products\":[\"sku-1\",\"sku-2\"]},"
                + "{\"order_id\":\"p-%2$d\",\"total\":18,\"currency\":\"GBP\",\"products\":[\"sku-3\"]}]",
    };

    private LargeEvents() {}

    /** @return a JSON array as that of {@link BenchmarkEvents}, of events of about {@code size} bytes */
    static byte[] array(int first, int count, int audiences, int people, int size) {
        StringBuilder body = new StringBuilder(count * (size + 200)).append('[');
        for (int number = first; number < first + count; number++) {
            body.append(number == first ? "" : ",");
            append(body, BenchmarkEvents.event(number, audiences, people), number, size);
        }
        return body.append(']').toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void append(StringBuilder body, String event, int number, int size) {
        int begin = body.length();
        if (event.length() + CONTEXT.length() > size) {
            body.append(event);
            return;
        }
        String contextBegins = "\"context\":{";
        int context = event.indexOf(contextBegins) + contextBegins.length();
        int endOfTraits = event.length() - "}}".length();
        body.append(event, 0, context).append(CONTEXT).append(event, context, endOfTraits);
        for (int trait = 0; body.length() - begin < size; trait++) {
            body.append(',').append(String.format(Locale.ROOT, TRAITS[trait % TRAITS.length], trait, number));
        }
        body.append("}}");
    }
}
