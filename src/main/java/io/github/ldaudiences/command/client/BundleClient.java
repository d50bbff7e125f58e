package io.github.ldaudiences.command.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.ldaudiences.config.Settings;
import io.github.ldaudiences.inbound.http.auth.SenderProof;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Sends requests to a running bundle over HTTP, for commands. */
public final class BundleClient {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client = HttpClient.newHttpClient();
    private final SenderProof proof;

    /** @param settings contain the credentials that the bundle accepts */
    public BundleClient(Settings settings) {
        proof = BundleAddress.of(settings).proof();
    }

    /**
     * A response.
     *
     * @param status HTTP status
     * @param retryAfterSeconds how long the response says to wait, or 0
     * @param json the body
     */
    public record Answer(int status, int retryAfterSeconds, JsonNode json) {

        /** @return whether the request succeeded */
        public boolean isOk() {
            return status / 100 == 2;
        }

        /**
         * @return the body of a request that succeeded
         * @throws IOException if the request did not succeed; the message is a sentence
         */
        public JsonNode jsonIfOk() throws IOException {
            if (!isOk()) {
                throw new IOException(problem());
            }
            return json;
        }

        /** @return what is wrong, in a sentence */
        public String problem() {
            return "status " + status + ". " + json.path("error").asText();
        }
    }

    /**
     * @param url URL
     * @return the response to a GET
     * @throws IOException if there is no response, or it is not from a bundle
     * @throws InterruptedException if the thread is
     */
    public Answer get(String url) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(url)).GET(), new byte[0]);
    }

    /**
     * @param url URL
     * @param contentType content type of the body, or null for an empty one
     * @param body body
     * @return the response to a POST
     * @throws IOException if there is no response, or it is not from a bundle
     * @throws InterruptedException if the thread is
     */
    public Answer post(String url, String contentType, byte[] body) throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url)).POST(HttpRequest.BodyPublishers.ofByteArray(body));
        return send(contentType == null ? request : request.header("Content-Type", contentType), body);
    }

    private Answer send(HttpRequest.Builder request, byte[] body) throws IOException, InterruptedException {
        proof.headers(body).forEach(request::header);
        HttpResponse<byte[]> response = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        JsonNode json;
        try {
            json = JSON.readTree(response.body());
        } catch (IOException e) {
            throw new IOException("status " + response.statusCode() + ", and the answer is not from a bundle.", e);
        }
        String retryAfter = response.headers().firstValue("Retry-After").orElse("");
        return new Answer(
                response.statusCode(), retryAfter.matches("[0-9]{1,5}") ? Integer.parseInt(retryAfter) : 0, json);
    }
}
