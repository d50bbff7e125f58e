package io.github.ldaudiences.inbound.kafka;

import io.github.ldaudiences.event.EventSource;
import io.github.ldaudiences.event.MessageReading;
import io.github.ldaudiences.event.ReadEvents;
import io.github.ldaudiences.event.TraceOrigin;
import io.github.ldaudiences.problem.Problem;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Maps positions in a body that holds several records to the records of a partition. */
final class RecordPositions implements EventSource {

    private final TopicPartition partition;
    private final int[] starts;
    private final int[] ends;
    private final long[] offsets;
    /** Problems of values that cannot be deserialized, by index of their records; null while there are none. */
    private Problem[] problems;
    /** The spans that records came from, by index; null if tracing is off. */
    private TraceOrigin[] traces;

    /** Creates it empty: {@link #together} adds the records. */
    RecordPositions(TopicPartition partition, int records) {
        this.partition = partition;
        this.starts = new int[records];
        this.ends = new int[records];
        this.offsets = new long[records];
    }

    /**
     * @param records of the partition, in order. Each value is bytes, or null, or one that cannot be deserialized
     * @return the values one after the other, separated by a byte, so that no two begin at the same position
     */
    byte[] together(List<?> records) {
        int length = 0;
        for (Object each : records) {
            byte[] value = bytes(((ConsumerRecord<?, ?>) each).value());
            length += (value == null ? 0 : value.length) + 1;
        }
        byte[] together = new byte[length];
        int from = 0;
        for (int i = 0; i < starts.length; i++) {
            ConsumerRecord<?, ?> one = (ConsumerRecord<?, ?>) records.get(i);
            byte[] value = bytes(one.value());
            if (one.value() instanceof ValueDeserializer.Unreadable unreadable) {
                problems = problems == null ? new Problem[starts.length] : problems;
                problems[i] = unreadable.problem();
            }
            int to = from;
            if (value != null) {
                System.arraycopy(value, 0, together, from, value.length);
                to += value.length;
            }
            starts[i] = from;
            ends[i] = value == null ? MessageReading.NO_VALUE : to;
            offsets[i] = one.offset();
            from = to + 1;
        }
        return together;
    }

    /**
     * @param records of the partition, in order
     * @param origins finds the span that each came from
     */
    void trace(List<?> records, RecordTraces origins) {
        traces = records.stream()
                .map(each -> origins.of((ConsumerRecord<?, ?>) each))
                .toArray(TraceOrigin[]::new);
    }

    private static byte[] bytes(Object value) {
        return value instanceof ValueDeserializer.Unreadable unreadable ? unreadable.bytes() : (byte[]) value;
    }

    ReadEvents read(MessageReading reading) {
        for (int i = 0; i < starts.length; i++) {
            Problem problem = problems == null ? null : problems[i];
            if (problem == null) {
                reading.message(starts[i], ends[i]);
            } else {
                reading.unreadable(starts[i], ends[i], problem);
            }
        }
        return reading.announced();
    }

    long lastOffset() {
        return offsets[offsets.length - 1];
    }

    @Override
    public Map<String, Object> coordinates(byte[] body, int from) {
        long offset = offsets[place(from)];
        Map<String, Object> coordinates = new LinkedHashMap<>();
        coordinates.put("topic", partition.topic());
        coordinates.put("partition", partition.partition());
        coordinates.put("offset", offset);
        return coordinates;
    }

    @Override
    public TraceOrigin trace(int from) {
        return traces == null ? null : traces[place(from)];
    }

    private int place(int from) {
        int found = Arrays.binarySearch(starts, from);
        // An event within a record begins after the record does.
        return found >= 0 ? found : -found - 2;
    }
}
