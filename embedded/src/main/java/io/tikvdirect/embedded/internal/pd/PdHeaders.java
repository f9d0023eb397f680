package io.tikvdirect.embedded.internal.pd;

import io.grpc.Status;
import io.tikvdirect.proto.pdpb.Error;
import io.tikvdirect.proto.pdpb.ErrorType;
import io.tikvdirect.proto.pdpb.RequestHeader;
import io.tikvdirect.proto.pdpb.ResponseHeader;

/** Immutable. The headers of PD's requests and answers. */
final class PdHeaders {
    private final long clusterId;
    private final ResponseHeader ok;

    PdHeaders(long clusterId) {
        this.clusterId = clusterId;
        this.ok = ResponseHeader.newBuilder().setClusterId(clusterId).build();
    }

    long clusterId() {
        return clusterId;
    }

    /**
     * Refuses a request for another cluster; no header at all means cluster 0 (SURPRISES 41).
     *
     * @throws io.grpc.StatusRuntimeException FAILED_PRECONDITION
     */
    void requireOurs(RequestHeader header) {
        if (header.getClusterId() != clusterId) {
            throw Status.FAILED_PRECONDITION
                    .withDescription("mismatch cluster id, need " + Long.toUnsignedString(clusterId) + " but got "
                            + Long.toUnsignedString(header.getClusterId()))
                    .asRuntimeException();
        }
    }

    ResponseHeader ok() {
        return ok;
    }

    ResponseHeader error(ErrorType type, String message) {
        return ok.toBuilder()
                .setError(Error.newBuilder().setType(type).setMessage(message))
                .build();
    }
}
