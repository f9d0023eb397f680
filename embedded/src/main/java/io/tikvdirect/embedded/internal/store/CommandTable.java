package io.tikvdirect.embedded.internal.store;

import com.google.protobuf.Message;
import io.tikvdirect.embedded.internal.serving.BatchedCommand;
import io.tikvdirect.embedded.internal.serving.Command;
import io.tikvdirect.embedded.internal.serving.ServiceBuilder;
import io.tikvdirect.proto.kvrpcpb.Context;
import io.tikvdirect.proto.kvrpcpb.HealthFeedback;
import io.tikvdirect.proto.tikvpb.BatchCommandsRequest.Request;
import io.tikvdirect.proto.tikvpb.BatchCommandsRequest.Request.CmdCase;
import io.tikvdirect.proto.tikvpb.BatchCommandsResponse.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** Confined to its caller. The commands of one store, and the places of those that BatchCommands carries. */
final class CommandTable {
    private final RegionCheck check;
    private final List<Command<?, ?>> commands = new ArrayList<>();
    private final List<BatchedCommand<?, ?>> batched = new ArrayList<>();

    CommandTable(RegionCheck check) {
        this.check = check;
    }

    /** Immutable. A command's place in BatchCommands. */
    record Place<Q, R>(CmdCase at, Function<Request, Q> read, BiConsumer<Response.Builder, R> write) {}

    static <Q, R> Place<Q, R> at(CmdCase place, Function<Request, Q> read, BiConsumer<Response.Builder, R> write) {
        return new Place<>(place, read, write);
    }

    /** A command with a context, whose failures go where the response has room for them; outside of BatchCommands. */
    <Q extends Message, R extends Message> void add(
            String rpc, Q request, R response, Function<Q, Context> context, StoreCommand.Work<Q, R> work) {
        commands.add(StoreCommand.of(rpc, request, response, context, check, work));
    }

    /** The same, inside of BatchCommands too. */
    <Q extends Message, R extends Message> void add(
            Place<Q, R> place,
            String rpc,
            Q request,
            R response,
            Function<Q, Context> context,
            StoreCommand.Work<Q, R> work) {
        add(place, StoreCommand.of(rpc, request, response, context, check, work));
    }

    /** The same for a command that may answer later. */
    <Q extends Message, R extends Message> void addLater(
            Place<Q, R> place,
            String rpc,
            Q request,
            R response,
            Function<Q, Context> context,
            StoreCommand.LaterWork<Q, R> work) {
        add(place, StoreCommand.later(rpc, request, response, context, check, work));
    }

    <Q extends Message, R extends Message> void add(Place<Q, R> place, Command<Q, R> command) {
        commands.add(command);
        batched.add(new BatchedCommand<>(place.at, command, place.read, place.write));
    }

    <Q extends Message, R extends Message> void add(Command<Q, R> command) {
        commands.add(command);
    }

    ServiceBuilder register(ServiceBuilder service, Supplier<HealthFeedback> health) {
        commands.forEach(service::add);
        return service.addBatchCommands(batched, health);
    }
}
