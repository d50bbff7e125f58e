package io.github.ldaudiences.packaged;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.ldaudiences.fixture.BundleProcess;
import io.github.ldaudiences.fixture.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What {@code docker/Dockerfile} makes of {@code target/}, without Docker: its last stage carried out in a folder that
 * stands for the image's working directory, and its commands run there by a user who may not write.
 */
final class ContainerImage {

    private static final Path DOCKERFILE = Path.of("docker/Dockerfile");
    private static final String JAVA = "java ";

    private final Path folder;
    private final List<String> instructions;
    private final Map<String, String> environment = new HashMap<>();

    private ContainerImage(Path folder, List<String> instructions) {
        this.folder = folder;
        this.instructions = instructions;
    }

    /**
     * Carries out the last stage's instructions.
     *
     * @param folder an empty folder
     * @param given variables of the environment that hold for each command, beside the image's own
     */
    static ContainerImage in(Path folder, Map<String, String> given) throws IOException {
        List<String> lines = Files.readString(DOCKERFILE)
                .replaceAll("(?m)^#.*\n", "")
                .replaceAll("\\\\\n\\s*", "")
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
        int last = lines.indexOf(lines.stream()
                .filter(line -> line.startsWith("FROM"))
                .reduce((one, two) -> two)
                .orElseThrow());
        ContainerImage image = new ContainerImage(folder, lines.subList(last, lines.size()));
        // Root may write anywhere; the user of the image must get in.
        run(List.of("chmod", "755", folder.toString()));
        image.environment.putAll(given);
        for (String line : image.instructions) {
            image.carryOut(line.substring(0, line.indexOf(' ')), line.substring(line.indexOf(' ') + 1));
        }
        return image;
    }

    private void carryOut(String instruction, String what) throws IOException {
        switch (instruction) {
            case "COPY" -> copy(what);
            case "RUN" -> make(what);
            case "ENV" -> {
                for (String variable : what.split("\\s+")) {
                    environment.putIfAbsent(variable.split("=")[0], variable.split("=")[1]);
                }
            }
            case "FROM", "LABEL", "WORKDIR", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT" -> {}
            default -> throw new IllegalStateException("unknown to this test: " + instruction + ' ' + what);
        }
    }

    private void copy(String what) throws IOException {
        List<String> words = new ArrayList<>(List.of(what.split("\\s+")));
        // The build stage's output is what this build has made.
        words.removeIf(word -> word.equals("--from=build"));
        Path to = folder.resolve(words.remove(words.size() - 1)).normalize();
        for (String word : words) {
            for (Path source : matching(word.replaceFirst("^/build/", ""))) {
                Folders.copy(source, Files.isDirectory(to) ? to.resolve(source.getFileName()) : to);
            }
        }
    }

    private static List<Path> matching(String pattern) throws IOException {
        Path path = Path.of(pattern);
        Path parent = path.getParent() == null ? Path.of("") : path.getParent();
        PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + path.getFileName());
        try (Stream<Path> files = Files.list(parent)) {
            List<Path> found =
                    files.filter(file -> matcher.matches(file.getFileName())).toList();
            if (found.size() != 1) {
                throw new IllegalStateException(pattern + " is not one file, but " + found);
            }
            return found;
        }
    }

    private void make(String what) throws IOException {
        if (what.startsWith("useradd ")) {
            // The user is there by number; of the folders that are made for it only the names matter.
            for (Path writable : inApp(what.replaceFirst(".*chown \\d+ ", ""))) {
                Files.createDirectory(writable);
                if (isRoot()) {
                    run(List.of("chown", user(), writable.toString()));
                }
            }
        } else if (what.startsWith(JAVA)) {
            List<String> command = new ArrayList<>(List.of(what.split(" ")));
            command.set(0, BundleProcess.jdk("java"));
            await(started(command));
        } else {
            throw new IllegalStateException("unknown to this test: RUN " + what);
        }
    }

    private List<Path> inApp(String paths) {
        return Stream.of(paths.split(" "))
                .map(path -> folder.resolve(Path.of("/app").relativize(Path.of(path))))
                .toList();
    }

    private Process started(List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output().toFile()));
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static int await(Process process) {
        try {
            if (!process.waitFor(2, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new IllegalStateException("did not end");
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void run(List<String> command) throws IOException {
        if (await(new ProcessBuilder(command).inheritIO().start()) != 0) {
            throw new IllegalStateException(command + " failed");
        }
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    private String user() {
        return argument("USER");
    }

    private String argument(String instruction) {
        return instructions.stream()
                .filter(line -> line.startsWith(instruction + ' '))
                .map(line -> line.substring(instruction.length() + 1))
                .findFirst()
                .orElseThrow();
    }

    /** The command as the image's user; where this runs as an ordinary user, as that. */
    private List<String> asUser(String json) {
        try {
            List<String> command =
                    new ArrayList<>(new ObjectMapper().readValue(json, new TypeReference<List<String>>() {}));
            if (command.get(0).equals("java")) {
                command.set(0, BundleProcess.jdk("java"));
            }
            if (isRoot()) {
                command.addAll(0, List.of("setpriv", "--reuid=" + user(), "--regid=" + user(), "--clear-groups", "--"));
            }
            return command;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Starts the container's process.
     *
     * @param more variables of the environment
     */
    Process start(Map<String, String> more) throws IOException {
        environment.putAll(more);
        return started(asUser(argument("ENTRYPOINT")));
    }

    /** Whether the container is healthy, as its own check says. */
    boolean isHealthy() throws IOException {
        String check = argument("HEALTHCHECK");
        return await(started(asUser(check.substring(check.indexOf('[')).strip()))) == 0;
    }

    /** What its processes write to their output. */
    Path output() {
        return folder.resolveSibling(folder.getFileName() + ".log");
    }

    /** Each file of the image with its size, but for what is a volume. */
    Map<Path, Long> files() throws IOException {
        List<Path> volumes = inApp(argument("VOLUME"));
        Map<Path, Long> sizes = new HashMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(file -> volumes.stream().noneMatch(file::startsWith))
                    .sorted(Comparator.naturalOrder())
                    .toList()) {
                sizes.put(file, Files.size(file));
            }
        }
        return sizes;
    }
}
