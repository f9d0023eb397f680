package io.tikvdirect.embedded.internal.pd;

import com.google.protobuf.Message;
import io.tikvdirect.embedded.internal.serving.Command;
import io.tikvdirect.embedded.internal.serving.ServiceBuilder;
import io.tikvdirect.proto.pdpb.RequestHeader;
import java.util.function.Function;

/** Confined to its caller. Registers commands of PD whose requests name the cluster in their header. */
final class PdCommands {
    private final ServiceBuilder service;
    private final PdHeaders headers;

    PdCommands(ServiceBuilder service, PdHeaders headers) {
        this.service = service;
        this.headers = headers;
    }

    <Q extends Message, R extends Message> PdCommands add(
            String rpc, Q request, R response, Function<Q, RequestHeader> header, Command.Execution<Q, R> execution) {
        return addUnchecked(rpc, request, response, asked -> {
            headers.requireOurs(header.apply(asked));
            return execution.execute(asked);
        });
    }

    <Q extends Message, R extends Message> PdCommands addUnchecked(
            String rpc, Q request, R response, Command.Execution<Q, R> execution) {
        service.add(new Command<>(rpc, request, response, execution, asked -> 0));
        return this;
    }
}
