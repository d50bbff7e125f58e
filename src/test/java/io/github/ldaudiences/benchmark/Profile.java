package io.github.ldaudiences.benchmark;

import static io.github.ldaudiences.benchmark.Report.say;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/** Where the bundle's process spends its time, from JFR's recordings of all measured parts. */
final class Profile {

    private static final String BUNDLE = "io.github.ldaudiences.";
    private static final String JDK = "JDK";
    private static final int TOP = 30;

    private static final Map<String, String> LIBRARIES = Map.of(
            "org.apache.camel.",
            "Camel",
            "com.fasterxml.jackson.",
            "Jackson",
            "io.netty.",
            "Netty",
            "org.apache.hc.",
            "Apache HttpClient",
            "org.apache.kafka.",
            "Kafka",
            "java.",
            JDK,
            "javax.",
            JDK,
            "jdk.",
            JDK,
            "sun.",
            JDK,
            "com.sun.",
            JDK);

    private final List<Path> recordings = new ArrayList<>();
    private final Map<String, Integer> frames = new HashMap<>();
    private final Map<String, Integer> owners = new HashMap<>();
    private final Map<String, Integer> ownersInJdk = new HashMap<>();
    private int samples;
    private int collections;
    private double pauseSeconds;
    private double cpuSeconds;

    /** @param partCpuSeconds CPU time of the process while the recording ran */
    void add(Path recording, double partCpuSeconds) throws IOException {
        recordings.add(recording);
        cpuSeconds += partCpuSeconds;
        try (RecordingFile file = new RecordingFile(recording)) {
            while (file.hasMoreEvents()) {
                RecordedEvent event = file.readEvent();
                switch (event.getEventType().getName()) {
                    case "jdk.ExecutionSample" -> count(event);
                    case "jdk.GarbageCollection" -> {
                        collections++;
                        pauseSeconds += event.getDuration("sumOfPauses").toNanos() / 1e9;
                    }
                    default -> {
                        // of no interest here
                    }
                }
            }
        }
    }

    private void count(RecordedEvent sample) {
        if (sample.getStackTrace() == null) {
            return;
        }
        List<RecordedFrame> stack = sample.getStackTrace().getFrames();
        String owner = stack.stream()
                .map(frame -> owner(type(frame)))
                .flatMap(Stream::ofNullable)
                .filter(name -> !name.equals(JDK))
                .findFirst()
                .orElse("none of these");
        samples++;
        owners.merge(owner, 1, Integer::sum);
        if (JDK.equals(owner(type(stack.get(0))))) {
            ownersInJdk.merge(owner, 1, Integer::sum);
        }
        frames.merge(type(stack.get(0)) + "." + stack.get(0).getMethod().getName(), 1, Integer::sum);
    }

    private static String type(RecordedFrame frame) {
        return frame.getMethod().getType().getName();
    }

    /** @return the package if it is one of the bundle's, or the library, or null */
    private static String owner(String type) {
        if (type.startsWith(BUNDLE)) {
            int name = type.replaceFirst("\\$.*", "").lastIndexOf('.');
            return "bundle: " + type.substring(Math.min(BUNDLE.length(), name), name);
        }
        return LIBRARIES.entrySet().stream()
                .filter(library -> type.startsWith(library.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    /** Writes nothing if nothing was recorded. */
    void print() {
        if (recordings.isEmpty()) {
            return;
        }
        say("    profile: %,d samples in %s", samples, recordings);
        say(
                "    garbage collector: %,d collections, pauses of %.1f s; that is %.0f %% of %.1f s of CPU time",
                collections, pauseSeconds, 100 * pauseSeconds / cpuSeconds, cpuSeconds);
        say("      Share   In JDK  By the top-most frame that is not the JDK's");
        byCount(
                owners,
                owner -> say(
                        "    %5.1f %%  %5.1f %%  %s",
                        share(owners.get(owner)), share(ownersInJdk.getOrDefault(owner, 0)), owner));
        say(
                "    %5.1f %%  all of the JDK",
                share(ownersInJdk.values().stream().mapToInt(Integer::intValue).sum()));
        say("      Share  By frame, itself only");
        byCount(frames, frame -> say("    %5.1f %%  %s", share(frames.get(frame)), frame));
    }

    private double share(int count) {
        return 100.0 * count / samples;
    }

    private static void byCount(Map<String, Integer> counts, Consumer<String> line) {
        counts.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .limit(TOP)
                .map(Map.Entry::getKey)
                .forEach(line);
    }
}
