package io.github.ldaudiences.inbound.http.connection;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;

/** Inspects what is written to a caller. */
final class Answers {

    private Answers() {}

    /** Whether the response tells the caller that the connection will be closed. */
    static boolean closes(HttpResponse response) {
        return response.headers().containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE, true);
    }

    /** Whether the message ends a response; an interim response that only asks for the body does not count. */
    static boolean isEnd(Object message) {
        return message instanceof LastHttpContent
                && !(message instanceof HttpResponse response
                        && response.status().codeClass() == HttpStatusClass.INFORMATIONAL);
    }
}
