package io.tikvdirect.cli.bench;

import java.time.Duration;

/**
 * Immutable. What to generate.
 *
 * @param workload what one operation is
 * @param face the client's face
 * @param inFlight operations under way at once
 * @param threads generating threads
 * @param rate operations a second started by the clock; 0 for a closed loop
 * @param duration measured time
 * @param warmup time before it
 * @param untilQuiet how much longer it may last until JIT compilers are quiet
 * @param keys number of keys
 * @param valueSize bytes of a value
 * @param batch keys of a batch
 * @param limit pairs of a scan
 * @param zipf whether keys are chosen by Zipf's law instead of uniformly
 * @param virtual whether the threads of the blocking face are virtual
 * @param bulk large gets under way beside
 * @param bulkRate MiB a second that they begin by the clock; 0: each when another has ended
 */
record BenchOptions(
        Workload workload,
        Face face,
        int inFlight,
        int threads,
        double rate,
        Duration duration,
        Duration warmup,
        Duration untilQuiet,
        int keys,
        int valueSize,
        int batch,
        int limit,
        boolean zipf,
        boolean virtual,
        int bulk,
        double bulkRate) {}
