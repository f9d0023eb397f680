package io.tikvdirect.client.raw.soak;

import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.raw.AsyncRawClient;
import io.tikvdirect.client.raw.CasResult;
import io.tikvdirect.client.raw.DirectCallback;
import io.tikvdirect.client.raw.DirectRawClient;
import io.tikvdirect.client.raw.RawClient;
import io.tikvdirect.client.raw.ResultView;
import io.tikvdirect.client.raw.ScanOptions;
import io.tikvdirect.codec.buffer.KeyBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** One of the client's faces, made to look like the asynchronous one. */
interface Face {

    CompletionStage<byte[]> get(byte[] key);

    CompletionStage<?> put(byte[] key, byte[] value);

    CompletionStage<?> delete(byte[] key);

    CompletionStage<List<byte[]>> batchGet(List<byte[]> keys);

    CompletionStage<?> batchPut(List<KvPair> pairs);

    CompletionStage<List<KvPair>> scan(KeyRange range, ScanOptions options);

    /** {@code raw} in atomic mode. */
    CompletionStage<CasResult> compareAndSwap(byte[] key, byte[] expected, byte[] value);

    /** Immutable. The asynchronous face itself. */
    record Async(AsyncRawClient raw, AsyncRawClient atomic) implements Face {

        static Async of(RawClient raw) {
            return new Async(
                    raw.async(), raw.with(raw.options().withAtomic(true)).async());
        }

        @Override
        public CompletionStage<byte[]> get(byte[] key) {
            return raw.get(key);
        }

        @Override
        public CompletionStage<?> put(byte[] key, byte[] value) {
            return raw.put(key, value);
        }

        @Override
        public CompletionStage<?> delete(byte[] key) {
            return raw.delete(key);
        }

        @Override
        public CompletionStage<List<byte[]>> batchGet(List<byte[]> keys) {
            return raw.batchGet(keys);
        }

        @Override
        public CompletionStage<?> batchPut(List<KvPair> pairs) {
            return raw.batchPut(pairs);
        }

        @Override
        public CompletionStage<List<KvPair>> scan(KeyRange range, ScanOptions options) {
            return raw.scan(range, options);
        }

        @Override
        public CompletionStage<CasResult> compareAndSwap(byte[] key, byte[] expected, byte[] value) {
            return atomic.compareAndSwap(key, expected, value);
        }
    }

    /** Immutable. The blocking face on threads of its own. */
    record Blocking(RawClient raw, RawClient atomic, Executor executor) implements Face {

        static Blocking of(RawClient raw, Executor executor) {
            return new Blocking(raw, raw.with(raw.options().withAtomic(true)), executor);
        }

        private <T> CompletionStage<T> call(Function<RawClient, T> action) {
            CompletableFuture<T> stage = new CompletableFuture<>();
            executor.execute(() -> {
                try {
                    stage.complete(action.apply(raw));
                } catch (RuntimeException failed) {
                    stage.completeExceptionally(failed);
                }
            });
            return stage;
        }

        @Override
        public CompletionStage<byte[]> get(byte[] key) {
            return call(face -> face.get(key));
        }

        @Override
        public CompletionStage<?> put(byte[] key, byte[] value) {
            return call(face -> {
                face.put(key, value);
                return null;
            });
        }

        @Override
        public CompletionStage<?> delete(byte[] key) {
            return call(face -> {
                face.delete(key);
                return null;
            });
        }

        @Override
        public CompletionStage<List<byte[]>> batchGet(List<byte[]> keys) {
            return call(face -> face.batchGet(keys));
        }

        @Override
        public CompletionStage<?> batchPut(List<KvPair> pairs) {
            return call(face -> {
                face.batchPut(pairs);
                return null;
            });
        }

        @Override
        public CompletionStage<List<KvPair>> scan(KeyRange range, ScanOptions options) {
            return call(face -> face.scan(range, options));
        }

        @Override
        public CompletionStage<CasResult> compareAndSwap(byte[] key, byte[] expected, byte[] value) {
            return call(face -> atomic.compareAndSwap(key, expected, value));
        }
    }

    /** Immutable. The direct face for single keys, the asynchronous one for the rest. */
    record Direct(DirectRawClient raw, Async rest) implements Face {

        static Direct of(RawClient raw) {
            return new Direct(raw.direct(), Async.of(raw));
        }

        private static KeyBuffer buffer(byte[] bytes) {
            KeyBuffer buffer = new KeyBuffer();
            buffer.append(bytes);
            return buffer;
        }

        private static <T> CompletionStage<T> accepted(CompletableFuture<T> stage, boolean taken) {
            return taken ? stage : CompletableFuture.failedFuture(new AssertionError("the window was full"));
        }

        @Override
        public CompletionStage<byte[]> get(byte[] key) {
            CompletableFuture<byte[]> stage = new CompletableFuture<>();
            return accepted(
                    stage,
                    raw.get(
                            buffer(key),
                            0,
                            key.length,
                            1,
                            new Completion<>(stage, view -> view.isPresent() ? view.copyValue(0) : null)));
        }

        @Override
        public CompletionStage<?> put(byte[] key, byte[] value) {
            CompletableFuture<Void> stage = new CompletableFuture<>();
            return accepted(
                    stage,
                    raw.put(
                            buffer(key),
                            0,
                            key.length,
                            buffer(value),
                            0,
                            value.length,
                            0,
                            2,
                            new Completion<>(stage, view -> null)));
        }

        @Override
        public CompletionStage<?> delete(byte[] key) {
            CompletableFuture<Void> stage = new CompletableFuture<>();
            return accepted(stage, raw.delete(buffer(key), 0, key.length, 3, new Completion<>(stage, view -> null)));
        }

        @Override
        public CompletionStage<List<byte[]>> batchGet(List<byte[]> keys) {
            return rest.batchGet(keys);
        }

        @Override
        public CompletionStage<?> batchPut(List<KvPair> pairs) {
            return rest.batchPut(pairs);
        }

        @Override
        public CompletionStage<List<KvPair>> scan(KeyRange range, ScanOptions options) {
            return rest.scan(range, options);
        }

        @Override
        public CompletionStage<CasResult> compareAndSwap(byte[] key, byte[] expected, byte[] value) {
            return rest.compareAndSwap(key, expected, value);
        }
    }

    /** Immutable. A direct callback that completes a stage. */
    record Completion<T>(CompletableFuture<T> stage, Function<ResultView, T> result) implements DirectCallback {

        @Override
        public void onCompleted(long correlationId, ResultView view) {
            stage.complete(result.apply(view));
        }

        @Override
        public void onFailed(long correlationId, TikvException failure) {
            stage.completeExceptionally(failure);
        }
    }
}
