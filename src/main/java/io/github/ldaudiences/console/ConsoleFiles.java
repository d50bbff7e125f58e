package io.github.ldaudiences.console;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;

/** Answers with the console's page. */
final class ConsoleFiles implements Handler<RoutingContext> {

    /** Nothing from elsewhere, no script or style within the page, and no place for the page in another. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
            + " img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final PageFiles files = new PageFiles();

    @Override
    public void handle(RoutingContext request) {
        String path = request.normalizedPath();
        if (!PageFiles.isOne(path)) {
            request.next();
        } else if (PageFiles.isFolder(path)) {
            // Relative, so that it holds behind a proxy that has the console below another path.
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
