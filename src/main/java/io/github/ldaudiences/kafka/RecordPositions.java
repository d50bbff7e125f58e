package io.github.ldaudiences.kafka;

import io.github.ldaudiences.event.EventSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Knows which record of a partition begins where in the body that holds them together. */
final class RecordPositions implements EventSource {

    private final String topic;
    private final int partition;
    private final int[] starts;
    private final long[] offsets;
    private int count;

    /**
     * @param topic name of the topic
     * @param partition number of the partition
     * @param records how many records the body holds
     */
    RecordPositions(String topic, int partition, int records) {
        this.topic = topic;
        this.partition = partition;
        this.starts = new int[records];
        this.offsets = new long[records];
    }

    void add(int start, long offset) {
        starts[count] = start;
        offsets[count++] = offset;
    }

    @Override
    public Map<String, Object> coordinates(byte[] body, int from) {
        int found = Arrays.binarySearch(starts, 0, count, from);
        // An event within a record begins after the record does.
        long offset = offsets[found >= 0 ? found : -found - 2];
        Map<String, Object> coordinates = new LinkedHashMap<>();
        coordinates.put("topic", topic);
        coordinates.put("partition", partition);
        coordinates.put("offset", offset);
        return coordinates;
    }
}
