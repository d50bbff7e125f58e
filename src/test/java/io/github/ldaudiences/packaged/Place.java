package io.github.ldaudiences.packaged;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Comparator;

/** Where a record is, as dead letters say it. */
record Place(String topic, int partition, long offset) implements Comparable<Place> {

    private static final Comparator<Place> ORDER =
            Comparator.comparing(Place::topic).thenComparing(Place::partition).thenComparing(Place::offset);

    static Place of(JsonNode deadLetter) {
        JsonNode source = deadLetter.path("source");
        return new Place(
                source.path("topic").asText(),
                source.path("partition").asInt(-1),
                source.path("offset").asLong(-1));
    }

    @Override
    public int compareTo(Place other) {
        return ORDER.compare(this, other);
    }
}
