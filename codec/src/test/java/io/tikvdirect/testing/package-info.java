/** What the tests of all modules share: leak detection that fails the build, and bytes that arrive in pieces. */
package io.tikvdirect.testing;
