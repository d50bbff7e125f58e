package io.github.ldaudiences.console;

import io.github.ldaudiences.inbound.http.RefusedRequestException;
import io.github.ldaudiences.inbound.http.RequestQuery;
import io.github.ldaudiences.sandbox.Sandbox;
import java.util.Objects;
import java.util.Set;
import org.apache.camel.CamelContext;

/** Shows the console the segments of the embedded sandbox. */
public final class SandboxSegments implements ConsoleApi.Resource {

    /** As many as are convenient to look through; search finds others. */
    private static final int MOST_MEMBERS = 30;

    private static final String MEMBER = "member";

    private final CamelContext context;
    private final Sandbox sandbox;

    /**
     * @param context any context
     * @param sandbox the sandbox
     */
    public SandboxSegments(CamelContext context, Sandbox sandbox) {
        this.context = context;
        this.sandbox = sandbox;
    }

    @Override
    public ConsoleAnswer answer(ConsoleRequest request, String id) throws RefusedRequestException {
        RequestQuery parameters = request.parameters(context, Set.of(MEMBER));
        return ConsoleAnswer.ok(sandbox.segments(Objects.requireNonNullElse(parameters.get(MEMBER), ""), MOST_MEMBERS));
    }
}
