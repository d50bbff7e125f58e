package io.github.ldaudiences.console;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;

/** Serves the console's page. */
final class ConsoleFiles implements Handler<RoutingContext> {

    /** Allows no content from other hosts, no inline scripts or styles, and no framing of the page. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
            + " img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final PageFiles files = new PageFiles();

    @Override
    public void handle(RoutingContext request) {
        String path = request.normalizedPath();
        if (!PageFiles.isOne(path)) {
            request.next();
        } else if (PageFiles.isFolder(path)) {
            // Relative, so that it also works behind a proxy that serves the console under another path.
            request.response()
                    .setStatusCode(308)
                    .putHeader("Location", "console/")
                    .end();
        } else {
            request.response()
                    .putHeader("Content-Type", PageFiles.type(path))
                    .putHeader("Content-Security-Policy", POLICY)
                    .end(Buffer.buffer(files.content(path)));
        }
    }
}
