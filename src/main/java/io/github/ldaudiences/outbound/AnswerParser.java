package io.github.ldaudiences.outbound;

import java.io.IOException;
import java.io.InputStream;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParser;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.http.message.LazyLaxLineParser;
import org.apache.hc.core5.util.CharArrayBuffer;

/**
 * Reads the heads of the responses on one connection, each up to its empty line, and checks their framing of the body.
 */
final class AnswerParser extends DefaultHttpResponseParser {

    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[0-9] [1-9][0-9]{2}( .*)?", Pattern.DOTALL);
    private static final Pattern LENGTH = Pattern.compile("[0-9]+");

    private SessionInputBuffer buffer;

    AnswerParser(Http1Config config) {
        super(config, LazyLaxLineParser.INSTANCE, null);
    }

    /** @return whether the connection has read more bytes than the responses so far */
    boolean hasUnreadBytes() {
        return buffer != null && buffer.length() > 0;
    }

    @Override
    public ClassicHttpResponse parse(SessionInputBuffer input, InputStream in) throws IOException, HttpException {
        buffer = input;
        ClassicHttpResponse answer = super.parse(input, new UnfinishedInput(in, "head"));
        checkLength(answer);
        return answer;
    }

    @Override
    protected ClassicHttpResponse createMessage(CharArrayBuffer line) throws IOException, HttpException {
        if (!STATUS_LINE.matcher(line).matches()) {
            throw new IncompleteAnswerException("it begins with '" + line + "' and not with a status line");
        }
        return super.createMessage(line);
    }

    private static void checkLength(ClassicHttpResponse answer) throws IncompleteAnswerException {
        Header[] lengths = answer.getHeaders(HttpHeaders.CONTENT_LENGTH);
        if (lengths.length > 1) {
            throw new IncompleteAnswerException("it has more than one Content-Length");
        }
        if (lengths.length == 1 && !LENGTH.matcher(lengths[0].getValue()).matches()) {
            throw new IncompleteAnswerException("its Content-Length is '" + lengths[0].getValue() + "'");
        }
        if (lengths.length == 1 && answer.containsHeader(HttpHeaders.TRANSFER_ENCODING)) {
            throw new IncompleteAnswerException("it has both a Content-Length and a Transfer-Encoding");
        }
    }
}
