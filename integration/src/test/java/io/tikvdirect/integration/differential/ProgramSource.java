package io.tikvdirect.integration.differential;

/** Where programs come from. */
interface ProgramSource {
    /** The program of a seed: the same for the same seed. */
    Program program(long seed);
}
