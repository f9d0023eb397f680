package io.tikvdirect.embedded.internal.store;

import com.google.protobuf.ProtocolMessageEnum;
import io.grpc.Status;

/** Immutable. TiKV cannot even read a message with an enum value that it does not know (SURPRISES 12). */
final class EnumValues {
    private EnumValues() {}

    static void requireKnown(ProtocolMessageEnum value) {
        if (value.toString().equals("UNRECOGNIZED")) {
            throw Status.INTERNAL
                    .withDescription(
                            "unknown value of " + value.getDescriptorForType().getFullName())
                    .asRuntimeException();
        }
    }
}
