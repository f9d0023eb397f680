package io.tikvdirect.embedded.internal.serving;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.tikvdirect.proto.errorpb.Error;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Immutable. One method that a server answers: its name, its messages and what it does. Unary calls, streams and
 * BatchCommands share it.
 *
 * @param <Q> the request
 * @param <R> the response
 */
public final class Command<Q extends Message, R extends Message> {
    /** What a command does. */
    @FunctionalInterface
    public interface Execution<Q, R> {
        /**
         * Executes the request on the calling thread without blocking.
         *
         * @throws io.grpc.StatusRuntimeException when the call shall end with that status
         */
        R execute(Q request);
    }

    /** What a command does that may have its answer later. */
    @FunctionalInterface
    public interface LaterExecution<Q, R> {
        /**
         * Executes the request on the calling thread without blocking.
         *
         * @param answer takes the response, at most once, on any thread
         * @throws io.grpc.StatusRuntimeException when the call shall end with that status
         */
        void execute(Q request, Consumer<R> answer);
    }

    private final String rpc;
    private final Q request;
    private final R response;
    private final LaterExecution<Q, R> execution;
    private final ToLongFunction<Q> regionId;
    private final @Nullable FieldDescriptor regionErrorField;

    /**
     * A command.
     *
     * @param rpc the method's name in its service
     * @param request the default instance of the request
     * @param response the default instance of the response
     * @param regionId the region that a request names, 0 = none
     */
    public Command(String rpc, Q request, R response, Execution<Q, R> execution, ToLongFunction<Q> regionId) {
        this(rpc, request, response, (asked, answer) -> answer.accept(execution.execute(asked)), regionId);
    }

    private Command(String rpc, Q request, R response, LaterExecution<Q, R> execution, ToLongFunction<Q> regionId) {
        this.rpc = rpc;
        this.request = request;
        this.response = response;
        this.execution = execution;
        this.regionId = regionId;
        this.regionErrorField = response.getDescriptorForType().findFieldByName("region_error");
    }

    /** A command that may answer later, see {@link #Command}. */
    public static <Q extends Message, R extends Message> Command<Q, R> later(
            String rpc, Q request, R response, LaterExecution<Q, R> execution, ToLongFunction<Q> regionId) {
        return new Command<>(rpc, request, response, execution, regionId);
    }

    /** The method's name in its service. */
    public String rpc() {
        return rpc;
    }

    Q request() {
        return request;
    }

    R response() {
        return response;
    }

    long regionId(Q asked) {
        return regionId.applyAsLong(asked);
    }

    /** Executes the request, see {@link LaterExecution#execute}. */
    void execute(Q asked, Consumer<R> answer) {
        execution.execute(asked, answer);
    }

    /** Whether an answer of this command can carry a region error. */
    public boolean answersRegionErrors() {
        return regionErrorField != null;
    }

    /**
     * The answer that carries {@code error} and nothing else.
     *
     * @throws IllegalStateException when the response has no such field
     */
    @SuppressWarnings("unchecked")
    public R regionError(Error error) {
        if (regionErrorField == null) {
            throw new IllegalStateException(rpc + " does not answer region errors");
        }
        return (R)
                response.newBuilderForType().setField(regionErrorField, error).build();
    }
}
