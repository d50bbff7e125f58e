package io.github.ldaudiences.karaf;

import static org.awaitility.Awaitility.await;

import io.github.ldaudiences.fixture.Folders;
import io.github.ldaudiences.fixture.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * A real Apache Karaf with nothing but files: the distribution, the KAR in its {@code deploy} folder, and what its user
 * writes into {@code etc}. It asks no repository and knows none of this machine's.
 */
final class KarafProcess implements AutoCloseable {

    /** Longer than anything here takes, on any machine. */
    static final Duration LONG = Duration.ofMinutes(5);

    private static final Path BUILD = Path.of("target", "karaf");
    private static final String PASSWORD = "karaf";

    private final Path folder = BUILD.resolve("run").toAbsolutePath();
    private final int jmxPort = FreePort.find();
    private final int sshPort = FreePort.find();
    private final Map<String, String> environment = new HashMap<>();
    private Process process;

    private KarafProcess() {}

    /** Prepares a Karaf as it is unpacked. */
    static KarafProcess unpacked() {
        KarafProcess karaf = new KarafProcess();
        try {
            Folders.delete(karaf.folder);
            Folders.copy(only(BUILD, "apache-karaf-.*"), karaf.folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        karaf.change(
                "org.apache.karaf.management.cfg",
                Map.of(
                        "rmiRegistryPort", Integer.toString(karaf.jmxPort),
                        "rmiServerPort", Integer.toString(FreePort.find())));
        // As docs/karaf.md advises: Karaf must not write into a file while a test does.
        karaf.change("custom.properties", Map.of("felix.fileinstall.enableConfigSave", "false"));
        karaf.change("org.apache.karaf.shell.cfg", Map.of("sshPort", Integer.toString(karaf.sshPort)));
        karaf.change(
                "users.properties",
                Map.of("karaf", PASSWORD + ",_g_:admingroup", "_g_\\:admingroup", "group,admin,manager,viewer"));
        karaf.change(
                "org.ops4j.pax.url.mvn.cfg",
                Map.of(
                        "org.ops4j.pax.url.mvn.repositories",
                        "",
                        "org.ops4j.pax.url.mvn.localRepository",
                        karaf.folder.resolve("data/m2").toString()));
        return karaf;
    }

    /** The file of that name, a regular expression, in the folder. */
    static Path only(Path folder, String name) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().matches(name))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("Run mvn package -Pkaraf first."));
        }
    }

    /** Sets an environment variable, for the next start. */
    KarafProcess environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** Changes lines of a file of the distribution in {@code etc}; a value may go on over several lines. */
    private void change(String file, Map<String, String> set) {
        write(file, changed(read(folder.resolve("etc").resolve(file)), set));
    }

    /**
     * Writes a configuration of the bundle: the example with other values, and more.
     *
     * @param file its name in {@code etc}
     */
    void configure(String file, Map<String, String> set) {
        write(file, changed(read(Path.of("deploy/karaf/io.github.ldaudiences.cfg")), set));
    }

    private static String changed(String text, Map<String, String> set) {
        // Lines that another one goes on with are one.
        String kept = text.replace("\\\n", " ")
                .lines()
                .filter(line -> !set.containsKey(line.split("=", 2)[0].strip()))
                .collect(Collectors.joining("\n", "", "\n"));
        return kept
                + set.entrySet().stream()
                        .map(entry -> entry.getKey() + " = " + entry.getValue())
                        .collect(Collectors.joining("\n", "", "\n"));
    }

    /**
     * Writes a file in {@code etc}, in place. Karaf waits until the file no longer changes. If the file were replaced by
     * a rename while Karaf lists the folder, the list might lack it, and Karaf would delete the configuration for a
     * while.
     */
    void write(String file, String text) {
        try {
            Files.writeString(folder.resolve("etc").resolve(file), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes a file in {@code etc}. */
    void delete(String file) {
        try {
            Files.deleteIfExists(folder.resolve("etc").resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it, and does not wait for what it does. */
    void start() {
        ProcessBuilder builder = new ProcessBuilder(folder.resolve("bin/karaf").toString(), "server")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("output.log").toFile()));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        // The process that is started is the JVM, then, and gets the signals.
        builder.environment().put("KARAF_EXEC", "exec");
        // It lives too short a time for compiled code to pay.
        builder.environment().put("EXTRA_JAVA_OPTS", "-XX:+UseSerialGC -XX:TieredStopAtLevel=1");
        builder.environment().putAll(environment);
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Copies the KAR to {@code deploy} when Karaf itself is up: before, it could refuse the KAR and not try again. */
    void deployKar() {
        awaitListening(sshPort);
        try {
            Path kar = only(Path.of("target"), ".*\\.kar");
            Path copy = Files.copy(kar, folder.resolve(kar.getFileName()));
            Files.move(copy, folder.resolve("deploy").resolve(kar.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** Asks it to end, as SIGTERM does. */
    void terminate() {
        process.destroy();
    }

    /** Waits until it has ended by itself. */
    void awaitEnd() {
        await().atMost(LONG).until(() -> !process.isAlive());
    }

    /** Waits until something listens on that port. */
    void awaitListening(int port) {
        await().atMost(LONG).until(() -> {
            if (!isAlive()) {
                throw new IllegalStateException("Karaf ended by itself; see " + folder.resolve("output.log"));
            }
            return isListening(port);
        });
    }

    static boolean isListening(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 1_000);
            return true;
        } catch (IOException nobody) {
            return false;
        }
    }

    /** What it has logged. */
    List<String> log() {
        return read(folder.resolve("data/log/karaf.log")).lines().toList();
    }

    /** An attribute of a management bean, or null if there is no such bean. */
    Object attribute(String bean, String name) {
        try (JMXConnector jmx = JMXConnectorFactory.connect(
                new JMXServiceURL("service:jmx:rmi:///jndi/rmi://127.0.0.1:" + jmxPort + "/karaf-root"),
                Map.of(JMXConnector.CREDENTIALS, new String[] {"karaf", PASSWORD}))) {
            MBeanServerConnection server = jmx.getMBeanServerConnection();
            ObjectName found = new ObjectName(bean);
            return server.isRegistered(found) ? server.getAttribute(found, name) : null;
        } catch (IOException | JMException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (isAlive()) {
            process.destroyForcibly();
            try {
                process.waitFor(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
