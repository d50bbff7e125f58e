package io.github.ldaudiences.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;

/** The files of the console's page. */
final class PageFiles {

    private static final String FOLDER = "/console";

    /** The only files that are served, with their content types. */
    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("index.html", "text/html; charset=utf-8"),
            Map.entry("console.css", "text/css; charset=utf-8"),
            Map.entry("icon.svg", "image/svg+xml"),
            script("api.js"),
            script("confirm.js"),
            script("console.js"),
            script("element.js"),
            script("explanation.js"),
            script("format.js"),
            script("graph.js"),
            script("letters.js"),
            script("mappings.js"),
            script("overview.js"),
            script("sandbox.js"));

    private final Map<String, byte[]> contents = new HashMap<>();

    /** Reads them. */
    PageFiles() {
        TYPES.keySet().forEach(name -> contents.put(name, read(name)));
    }

    private static Map.Entry<String, String> script(String name) {
        return Map.entry(name, "text/javascript; charset=utf-8");
    }

    private static byte[] read(String name) {
        try (InputStream file = PageFiles.class.getResourceAsStream(name)) {
            return file.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the path lacks the slash at its end, which the page's relative links need. */
    static boolean isFolder(String path) {
        return path.equals(FOLDER);
    }

    /** Whether the path is the page or one of its files. */
    static boolean isOne(String path) {
        return isFolder(path) || path.startsWith(FOLDER + "/") && TYPES.containsKey(name(path));
    }

    /** The content of the file with a path. */
    byte[] content(String path) {
        return contents.get(name(path));
    }

    /** The content type of the file with a path. */
    static String type(String path) {
        return TYPES.get(name(path));
    }

    private static String name(String path) {
        String name = path.substring(FOLDER.length() + 1);
        return name.isEmpty() ? "index.html" : name;
    }
}
