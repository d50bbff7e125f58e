package io.github.ldaudiences.console;

import io.github.ldaudiences.inbound.http.RefusedRequestException;
import io.github.ldaudiences.problem.ProblemCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Routes a request to the resource of the console's API that answers it, and answers all other requests itself. */
public final class ConsoleApi {

    /** Prefix of the API's paths. */
    static final String PATH = "/console/api/";

    private static final Logger LOG = LoggerFactory.getLogger(ConsoleApi.class);

    /** Answers the requests for one path. */
    @FunctionalInterface
    public interface Resource {

        /**
         * @param request the request
         * @param id the part of the path that matches {@code *}; null if the path has none
         * @return the response
         * @throws RefusedRequestException if the request is rejected, with the reason
         */
        ConsoleAnswer answer(ConsoleRequest request, String id) throws RefusedRequestException;
    }

    private record Entry(String method, Pattern path, Resource resource) {}

    private final List<Entry> entries = new ArrayList<>();

    /**
     * @param method HTTP method; GET includes HEAD
     * @param path path below {@code /console/api/}, in which one segment may be {@code *}
     * @param resource answers requests for the path
     * @return this
     */
    public ConsoleApi with(String method, String path, Resource resource) {
        String[] parts = path.split("\\*", -1);
        String pattern = Pattern.quote(PATH + parts[0])
                + (parts.length == 1 ? "" : "([A-Za-z0-9_-]{1,100})" + Pattern.quote(parts[1]));
        entries.add(new Entry(method, Pattern.compile(pattern), resource));
        return this;
    }

    ConsoleAnswer answer(ConsoleRequest request) {
        String method = request.method().equals("HEAD") ? "GET" : request.method();
        Set<String> methods = new TreeSet<>();
        try {
            for (Entry entry : entries) {
                Matcher path = entry.path().matcher(request.path());
                if (path.matches()) {
                    if (entry.method().equals(method)) {
                        return entry.resource().answer(request, path.groupCount() == 0 ? null : path.group(1));
                    }
                    methods.add(entry.method());
                }
            }
            if (!methods.isEmpty()) {
                throw RefusedRequestException.methodNotAllowed(methods);
            }
            return notFound();
        } catch (RefusedRequestException e) {
            return ConsoleAnswer.of(e);
        } catch (RuntimeException e) {
            LOG.error("A request to the console failed unexpectedly.", e);
            return ConsoleAnswer.problem(ProblemCode.INTERNAL_ERROR, "Internal error.");
        }
    }

    static ConsoleAnswer notFound() {
        return ConsoleAnswer.problem(ProblemCode.NOT_FOUND, "There is nothing at this path. See docs/console.md.");
    }
}
