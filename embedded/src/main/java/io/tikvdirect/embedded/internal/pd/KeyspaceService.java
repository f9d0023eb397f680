package io.tikvdirect.embedded.internal.pd;

import io.tikvdirect.proto.keyspacepb.GetAllKeyspacesRequest;
import io.tikvdirect.proto.keyspacepb.GetAllKeyspacesResponse;
import io.tikvdirect.proto.keyspacepb.KeyspaceMeta;
import io.tikvdirect.proto.keyspacepb.LoadKeyspaceByIDRequest;
import io.tikvdirect.proto.keyspacepb.LoadKeyspaceRequest;
import io.tikvdirect.proto.keyspacepb.LoadKeyspaceResponse;
import io.tikvdirect.proto.keyspacepb.UpdateKeyspaceStateRequest;
import io.tikvdirect.proto.keyspacepb.UpdateKeyspaceStateResponse;
import io.tikvdirect.proto.pdpb.ErrorType;
import io.tikvdirect.proto.pdpb.ResponseHeader;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Thread-safe. {@code keyspacepb.Keyspace}. */
final class KeyspaceService {
    private final PdHeaders headers;
    private final Keyspaces keyspaces;
    private final InstantSource clock;

    KeyspaceService(PdHeaders headers, Keyspaces keyspaces, InstantSource clock) {
        this.headers = headers;
        this.keyspaces = keyspaces;
        this.clock = clock;
    }

    void register(PdCommands service) {
        service.add(
                        "LoadKeyspace",
                        LoadKeyspaceRequest.getDefaultInstance(),
                        LoadKeyspaceResponse.getDefaultInstance(),
                        LoadKeyspaceRequest::getHeader,
                        request -> describe(keyspaces.byName(request.getName())))
                .add(
                        "LoadKeyspaceByID",
                        LoadKeyspaceByIDRequest.getDefaultInstance(),
                        LoadKeyspaceResponse.getDefaultInstance(),
                        LoadKeyspaceByIDRequest::getHeader,
                        request -> describe(keyspaces.byId(request.getId())))
                .add(
                        "GetAllKeyspaces",
                        GetAllKeyspacesRequest.getDefaultInstance(),
                        GetAllKeyspacesResponse.getDefaultInstance(),
                        GetAllKeyspacesRequest::getHeader,
                        this::all)
                .add(
                        "UpdateKeyspaceState",
                        UpdateKeyspaceStateRequest.getDefaultInstance(),
                        UpdateKeyspaceStateResponse.getDefaultInstance(),
                        UpdateKeyspaceStateRequest::getHeader,
                        this::changeState);
    }

    private LoadKeyspaceResponse describe(@Nullable KeyspaceMeta keyspace) {
        return keyspace == null
                ? LoadKeyspaceResponse.newBuilder().setHeader(notFound()).build()
                : LoadKeyspaceResponse.newBuilder()
                        .setHeader(headers.ok())
                        .setKeyspace(keyspace)
                        .build();
    }

    private ResponseHeader notFound() {
        return headers.error(ErrorType.ENTRY_NOT_FOUND, "keyspace does not exist");
    }

    private GetAllKeyspacesResponse all(GetAllKeyspacesRequest request) {
        long limit = request.getLimit() == 0 ? Long.MAX_VALUE : Integer.toUnsignedLong(request.getLimit());
        return GetAllKeyspacesResponse.newBuilder()
                .setHeader(headers.ok())
                .addAllKeyspaces(keyspaces.from(request.getStartId()).stream()
                        .limit(limit)
                        .toList())
                .build();
    }

    private UpdateKeyspaceStateResponse changeState(UpdateKeyspaceStateRequest request) {
        KeyspaceMeta keyspace = keyspaces.byId(request.getId());
        UpdateKeyspaceStateResponse.Builder response = UpdateKeyspaceStateResponse.newBuilder();
        if (keyspace == null) {
            return response.setHeader(notFound()).build();
        }
        if (keyspace.getId() == Keyspaces.DEFAULT_ID) {
            return response.setHeader(headers.error(ErrorType.UNKNOWN, "the state of DEFAULT can't be changed"))
                    .build();
        }
        return response.setHeader(headers.ok())
                .setKeyspace(keyspaces.changeState(keyspace, request.getState(), clock.millis() / 1000))
                .build();
    }
}
