package io.github.ldaudiences.outbound;

import java.io.IOException;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.io.entity.BufferedHttpEntity;

/** Reads the body of a response to its end before the response is returned, even if the caller ignores the body. */
final class WholeBody implements ExecChainHandler {

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        ClassicHttpResponse answer = chain.proceed(request, scope);
        HttpEntity body = answer.getEntity();
        if (body != null) {
            try {
                answer.setEntity(new BufferedHttpEntity(body));
            } catch (MalformedChunkCodingException e) {
                throw new IncompleteAnswerException(e);
            }
        }
        return answer;
    }
}
