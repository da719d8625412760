/**
 * Takes out of the control tree's texts what cannot be equal in two runs: times, durations, local ports,
 * rates, what was heard lately, and the control client's port.
 *
 * @module
 */

/** The text of one answer with stable values in the place of changing ones. */
export function normaliseAnswer(text: string): string {
  return text
    .replace(/(?<!sampled: *)\b1[78]\d{8}\b/g, "<time>")
    .replace(/callduration \d+\.\d{6}/g, "callduration <seconds>")
    .replace(/(prx:|proxy: )127\.0\.0\.1:\d+/g, "$1<client>")
    .replace(/127\.0\.0\.1:3\d{4} <>/g, "127.0.0.1:<port> <>")
    .replace(/( per second \([a-z]+\) +:)\d+/g, "$1<rate>")
    // New sections are counted by rtpengine for a while although nobody has sent to them.
    .replace(/(Userspace-only media streams +:)\d+/g, "$1<recent>")
    .replace(/(Uptime of rtpengine +:)\d+/g, "$1<uptime>")
    .replace(/(software_id = ).*/g, "$1<software>")
    // A payload type printed as a character: 32 is a blank.
    .replace(/^(cn_payload = ) $/gm, "$1")
    .replace(/(num_threads = )\d+/g, "$1<threads>")
    .replace(/^(open-files configured on rtpengine: )\d+.*$/gm, "$1<files>");
}
