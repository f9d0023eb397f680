package io.tikvdirect.embedded.internal.pd;

import io.tikvdirect.proto.pdpb.ErrorType;
import io.tikvdirect.proto.pdpb.GetExternalTimestampRequest;
import io.tikvdirect.proto.pdpb.GetExternalTimestampResponse;
import io.tikvdirect.proto.pdpb.GetMinTSRequest;
import io.tikvdirect.proto.pdpb.GetMinTSResponse;
import io.tikvdirect.proto.pdpb.SetExternalTimestampRequest;
import io.tikvdirect.proto.pdpb.SetExternalTimestampResponse;
import io.tikvdirect.proto.pdpb.TsoRequest;
import io.tikvdirect.proto.pdpb.TsoResponse;

/** Thread-safe. PD's timestamps. */
final class TimeService {
    private final PdHeaders headers;
    private final TimestampOracle oracle;
    private long external;

    TimeService(PdHeaders headers, TimestampOracle oracle) {
        this.headers = headers;
        this.oracle = oracle;
    }

    void register(PdCommands pd) {
        pd.add(
                        "Tso",
                        TsoRequest.getDefaultInstance(),
                        TsoResponse.getDefaultInstance(),
                        TsoRequest::getHeader,
                        this::timestamps)
                .add(
                        "GetMinTS",
                        GetMinTSRequest.getDefaultInstance(),
                        GetMinTSResponse.getDefaultInstance(),
                        GetMinTSRequest::getHeader,
                        this::min)
                .add(
                        "GetExternalTimestamp",
                        GetExternalTimestampRequest.getDefaultInstance(),
                        GetExternalTimestampResponse.getDefaultInstance(),
                        GetExternalTimestampRequest::getHeader,
                        this::external)
                .add(
                        "SetExternalTimestamp",
                        SetExternalTimestampRequest.getDefaultInstance(),
                        SetExternalTimestampResponse.getDefaultInstance(),
                        SetExternalTimestampRequest::getHeader,
                        this::setExternal);
    }

    private TsoResponse timestamps(TsoRequest request) {
        return TsoResponse.newBuilder()
                .setHeader(headers.ok())
                .setCount(request.getCount())
                .setTimestamp(oracle.lastOf(request.getCount()))
                .build();
    }

    private GetMinTSResponse min(GetMinTSRequest request) {
        return GetMinTSResponse.newBuilder()
                .setHeader(headers.ok())
                .setTimestamp(oracle.lastOf(1))
                .build();
    }

    private synchronized GetExternalTimestampResponse external(GetExternalTimestampRequest request) {
        return GetExternalTimestampResponse.newBuilder()
                .setHeader(headers.ok())
                .setTimestamp(external)
                .build();
    }

    /** Refuses the future, and everything that is not larger than before (SURPRISES 45). */
    private synchronized SetExternalTimestampResponse setExternal(SetExternalTimestampRequest request) {
        if (Long.compareUnsigned(request.getTimestamp(), oracle.next()) > 0) {
            return refused("the external timestamp lies in the future");
        }
        if (Long.compareUnsigned(request.getTimestamp(), external) <= 0) {
            return refused("the external timestamp is not larger than the one before");
        }
        external = request.getTimestamp();
        return SetExternalTimestampResponse.newBuilder().setHeader(headers.ok()).build();
    }

    private SetExternalTimestampResponse refused(String why) {
        return SetExternalTimestampResponse.newBuilder()
                .setHeader(headers.error(ErrorType.INVALID_VALUE, why))
                .build();
    }
}
