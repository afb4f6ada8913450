"""An engine that does to its process what engines do: signals, children, raw output."""

import faulthandler
import multiprocessing
import os
import signal
import site
import subprocess
import sys

import nacelle


def square(value):
    return value * value


class ForkingEngine:
    async def start(self, worker_id):
        self.programs = []
        return nacelle.EngineConfig(model="forking")

    async def generate(self, request, context):
        yield {"token_ids": [], "finish_reason": "stop"}

    async def cleanup(self):
        pass

    def supported_controls(self):
        return {name[len("control_"):] for name in dir(self) if name.startswith("control_")}

    async def engine_control(self, name, body):
        return getattr(self, "control_" + name)(body)

    def control_pids(self, body):
        self.programs.append(subprocess.Popen(["sleep", "600"]))
        return {"pids": [os.getpid(), self.programs[0].pid]}

    def control_signal_self(self, body):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            os.kill(os.getpid(), number)
        return {"still": "here"}

    def control_raw(self, body):
        os.write(1, b"from C code\n")
        return {}

    def control_handle_signals(self, body):
        def handler(*_):
            raise AssertionError("called")

        before = signal.signal(signal.SIGTERM, handler)
        noted = signal.getsignal(signal.SIGTERM) is handler
        signal.siginterrupt(signal.SIGTERM, True)
        own = signal.getsignal(signal.SIGUSR1) is signal.SIG_DFL
        signal.signal(signal.SIGTERM, before)
        return {"before": before.name, "noted": noted, "own": own}

    def control_faulthandler(self, body):
        faulthandler.enable()
        return {"enabled": faulthandler.is_enabled()}

    def control_multiprocess(self, body):
        context = multiprocessing.get_context(body["method"])
        with context.Pool(1) as pool:
            answers = pool.map(square, [1, 2])
        return {"answers": answers, "executable": sys.executable}

    def control_bad_upcall(self, body):
        try:
            nacelle.health().outbox._deliver("text, and no bytes")
        except BaseException as error:
            return {"raised": type(error).__name__}
        return {"raised": None}

    def control_isolated(self, body):
        return {"isolated": sys.flags.isolated, "encoding": sys.getfilesystemencoding(),
                "user_site": bool(site.ENABLE_USER_SITE)}
