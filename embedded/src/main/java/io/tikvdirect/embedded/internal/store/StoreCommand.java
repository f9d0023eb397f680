package io.tikvdirect.embedded.internal.store;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.tikvdirect.embedded.internal.serving.Command;
import io.tikvdirect.proto.kvrpcpb.Context;
import io.tikvdirect.proto.kvrpcpb.KeyError;
import io.tikvdirect.proto.kvrpcpb.KvPair;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Immutable. Makes the commands of a store: each has a context that is checked, and answers its failures in the form that
 * its response has for them.
 */
final class StoreCommand {
    private StoreCommand() {}

    /** What a store does with a request. */
    @FunctionalInterface
    interface Work<Q, R> {
        R answer(Q request) throws RegionErrorException, CommandErrorException;
    }

    static <Q extends Message, R extends Message> Command<Q, R> of(
            String rpc, Q request, R response, Function<Q, Context> context, RegionCheck check, Work<Q, R> work) {
        Failures<R> failures = new Failures<>(response);
        return new Command<>(
                rpc,
                request,
                response,
                asked -> {
                    check.requireOurs(context.apply(asked));
                    try {
                        return work.answer(asked);
                    } catch (RegionErrorException wrongRegion) {
                        return failures.regionError(wrongRegion);
                    } catch (CommandErrorException refused) {
                        return failures.error(refused);
                    }
                },
                asked -> context.apply(asked).getRegionId());
    }

    /** Immutable. Puts failures where a response has room for them. */
    private static final class Failures<R extends Message> {
        private final R response;
        private final @Nullable FieldDescriptor regionError;
        private final @Nullable FieldDescriptor text;
        private final @Nullable FieldDescriptor pairs;

        Failures(R response) {
            this.response = response;
            var fields = response.getDescriptorForType();
            this.regionError = fields.findFieldByName("region_error");
            this.text = fields.findFieldByName("error");
            FieldDescriptor kvs = fields.findFieldByName("kvs");
            this.pairs = kvs != null ? kvs : fields.findFieldByName("pairs");
        }

        R regionError(RegionErrorException failure) {
            return with(regionError, failure.error());
        }

        /** As recorded: scans and batch gets answer a single pair with only an error. */
        R error(CommandErrorException refused) {
            if (text != null) {
                return with(text, refused.text());
            }
            KvPair pair = KvPair.newBuilder()
                    .setError(KeyError.newBuilder().setAbort(refused.textInPair()))
                    .build();
            return with(pairs, java.util.List.of(pair));
        }

        @SuppressWarnings("unchecked")
        private R with(@Nullable FieldDescriptor field, Object value) {
            if (field == null) {
                throw new IllegalStateException(
                        response.getDescriptorForType().getName() + " has no room for this failure: " + value);
            }
            return (R) response.newBuilderForType().setField(field, value).build();
        }
    }
}
