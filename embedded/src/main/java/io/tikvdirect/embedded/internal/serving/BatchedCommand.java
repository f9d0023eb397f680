package io.tikvdirect.embedded.internal.serving;

import com.google.protobuf.Message;
import io.tikvdirect.proto.tikvpb.BatchCommandsRequest;
import io.tikvdirect.proto.tikvpb.BatchCommandsResponse;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Immutable. A command's place in the BatchCommands messages.
 *
 * @param place which member of the request's {@code cmd} it is
 * @param command the command
 * @param read takes the request out of its place
 * @param write puts the response into the same place
 * @param <Q> the request
 * @param <R> the response
 */
public record BatchedCommand<Q extends Message, R extends Message>(
        BatchCommandsRequest.Request.CmdCase place,
        Command<Q, R> command,
        Function<BatchCommandsRequest.Request, Q> read,
        BiConsumer<BatchCommandsResponse.Response.Builder, R> write) {}
