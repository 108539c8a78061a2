/* patience - runs the loop for a test that waits for something. */
#ifndef MOOT_TESTS_UNIT_SUPPORT_PATIENCE_H
#define MOOT_TESTS_UNIT_SUPPORT_PATIENCE_H

/* Until somebody calls loop_stop(). After 30 s the test fails and names what it has waited for. */
void run_loop(const char *what);

#endif
