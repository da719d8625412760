/**
 * What runs in the page: one RTCPeerConnection with the fake devices, driven by the test through `rig`.
 * Everything returned is plain data.
 */
globalThis.rig = (() => {
  const ANALYSED = 8192;
  let pc;
  let audioContext;
  let analyser;
  let since = 0;
  let trickled = [];
  let events = [];

  function note(what) {
    events.push({ what, after: performance.now() - since });
  }

  function hear(stream) {
    audioContext = new AudioContext();
    analyser = audioContext.createAnalyser();
    analyser.fftSize = ANALYSED;
    audioContext.createMediaStreamSource(stream).connect(analyser);
  }

  /** A remote track only flows while an element plays it. */
  function play(track) {
    const element = document.createElement(track.kind);
    element.autoplay = true;
    element.srcObject = new MediaStream([track]);
    document.body.append(element);
    if (track.kind === "audio") hear(element.srcObject);
  }

  /** After a restart the state still is `complete` for a moment; the description has no candidates then. */
  function gathered() {
    return new Promise((resolve) => {
      const look = () => {
        const found = /^a=candidate:/m.test(pc.localDescription?.sdp ?? "");
        if (found && pc.iceGatheringState === "complete") resolve();
      };
      pc.addEventListener("icegatheringstatechange", look);
      look();
    });
  }

  async function local(description, trickle) {
    await pc.setLocalDescription(description);
    if (!trickle) await gathered();
    return pc.localDescription.sdp;
  }

  return {
    async open({ audio, video, config }) {
      pc = new RTCPeerConnection(config);
      pc.addEventListener("track", ({ track }) => play(track));
      pc.addEventListener("icecandidate", ({ candidate }) => {
        if (candidate) trickled.push({ line: candidate.candidate, mid: candidate.sdpMid });
      });
      pc.addEventListener("connectionstatechange", () => note(pc.connectionState));
      if (!audio && !video) return;
      const devices = await navigator.mediaDevices.getUserMedia({
        // a pure tone must stay one
        audio: audio &&
          { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
        video: video && { width: 320, height: 240, frameRate: 15 },
      });
      for (const track of devices.getTracks()) pc.addTrack(track, devices);
    },
    /** A party without devices: its addresses stay hidden behind mDNS names. */
    listen({ kinds }) {
      for (const kind of kinds) pc.addTransceiver(kind, { direction: "recvonly" });
    },
    async offer({ trickle = false, restart = false }) {
      return await local(await pc.createOffer({ iceRestart: restart }), trickle);
    },
    async answer({ sdp, trickle = false }) {
      since = performance.now();
      await pc.setRemoteDescription({ type: "offer", sdp });
      return await local(await pc.createAnswer(), trickle);
    },
    async accept({ sdp }) {
      since = performance.now();
      await pc.setRemoteDescription({ type: "answer", sdp });
    },
    async candidate({ line, mid }) {
      await pc.addIceCandidate({ candidate: line, sdpMid: mid });
    },
    gathered,
    candidates() {
      const taken = trickled;
      trickled = [];
      return taken;
    },
    state() {
      return {
        connection: pc.connectionState,
        ice: pc.iceConnectionState,
        signalling: pc.signalingState,
        events,
      };
    },
    async stats() {
      return [...(await pc.getStats()).values()];
    },
    /** Newest samples heard. */
    samples() {
      if (!analyser) return { rate: 0, samples: [] };
      const samples = new Float32Array(ANALYSED);
      analyser.getFloatTimeDomainData(samples);
      return { rate: audioContext.sampleRate, samples: [...samples] };
    },
    async close() {
      for (const { track } of pc?.getSenders() ?? []) track?.stop();
      pc?.close();
      await audioContext?.close();
      document.body.replaceChildren();
      pc = audioContext = analyser = undefined;
      trickled = [];
      events = [];
    },
  };
})();
