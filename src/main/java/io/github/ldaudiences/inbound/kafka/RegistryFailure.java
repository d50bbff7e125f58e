package io.github.ldaudiences.inbound.kafka;

import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.util.List;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;

/**
 * Distinguishes a failing schema registry from a bad value. If the registry fails, the value can be deserialized later,
 * so its record must wait and does not go to the dead letter.
 *
 * <p>Kafka's interface has no exception for this. The exceptions of registry clients have in common that the root cause
 * is a network error, or that something in the chain has the HTTP status.
 */
final class RegistryFailure {

    private static final List<Class<? extends Throwable>> FAILURES = List.of(
            SocketException.class,
            SocketTimeoutException.class,
            UnknownHostException.class,
            UnresolvedAddressException.class,
            ClosedChannelException.class,
            SSLException.class,
            HttpTimeoutException.class,
            TimeoutException.class,
            RetriableException.class,
            AuthenticationException.class,
            AuthorizationException.class,
            // The consumer is being stopped.
            InterruptedException.class,
            InterruptException.class,
            // A jar is missing on the class path.
            LinkageError.class);

    /** Methods of Kiota's ApiException, which Apicurio's client throws, and of Confluent's RestClientException. */
    private static final List<String> STATUS_METHODS = List.of("getResponseStatusCode", "getStatus");

    private static final int MAX_CAUSES = 20;

    private RegistryFailure() {}

    /**
     * @param failure the exception of a deserializer
     * @return whether the registry, or the connection to it, is the cause
     */
    static boolean isIn(Throwable failure) {
        int status = status(failure);
        return status == 401
                || status == 403
                || status == 408
                || status == 429
                || status >= 500
                || cause(failure) != null;
    }

    /**
     * @param failure the exception of a deserializer
     * @return the cause that is a network or configuration error, or null if there is none
     */
    static Throwable cause(Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; i < MAX_CAUSES && cause != null; i++) {
            for (Class<?> type : FAILURES) {
                if (type.isInstance(cause)) {
                    return cause;
                }
            }
            cause = cause.getCause();
        }
        return null;
    }

    /**
     * @param failure the exception of a deserializer
     * @return the HTTP status of the registry's response; 0 if it is not known
     */
    static int status(Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; i < MAX_CAUSES && cause != null; i++) {
            int status = ownStatus(cause);
            if (status >= 300) {
                return status;
            }
            cause = cause.getCause();
        }
        return 0;
    }

    /** Uses reflection, because the bundle does not depend on the clients. */
    private static int ownStatus(Throwable cause) {
        for (String method : STATUS_METHODS) {
            try {
                if (cause.getClass().getMethod(method).invoke(cause) instanceof Integer status) {
                    return status;
                }
            } catch (ReflectiveOperationException e) {
                continue; // no method with this name
            }
        }
        return 0;
    }
}
