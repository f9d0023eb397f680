/** A whole TiKV cluster (PD, stores, regions) inside a JVM, served on 127.0.0.1: for tests and first steps. */
@NullMarked
package io.tikvdirect.embedded;

import org.jspecify.annotations.NullMarked;
