package io.tikvdirect.bench;

/**
 * One thread. The program whose instructions {@link InstructionsTest} counts: every step of a get's way, batch after batch,
 * {@value #WARM_UP} of them and then as many as its argument says.
 */
final class CountedSteps {
    /** Operations of a batch. */
    static final int BATCH = 16;

    /** Until both compilers are done, which work in the foreground here. */
    private static final int WARM_UP = 20_000;

    private CountedSteps() {}

    @SuppressWarnings("SystemOut") // or nothing of it would have to be computed
    public static void main(String[] args) throws Exception {
        StepsBenchmark steps = new StepsBenchmark();
        steps.batch = BATCH;
        steps.prepare();
        long sum = 0;
        for (int left = WARM_UP + Integer.parseInt(args[0]); left > 0; left--) {
            sum += once(steps);
        }
        steps.release();
        System.out.println("sum " + sum);
    }

    private static int once(StepsBenchmark steps) throws Exception {
        return steps.encodeBodiesV1()
                + steps.assembleBatch()
                + steps.findMessage()
                + steps.decodeAnswers()
                + steps.handOver();
    }
}
