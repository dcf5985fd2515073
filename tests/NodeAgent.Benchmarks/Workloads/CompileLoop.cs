// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Text;
using NodeAgent.Benchmarks.Harness;

namespace NodeAgent.Benchmarks.Workloads;

/// <summary>make and gcc, as a build server runs them: a project of C files is compiled and linked anew, again and again.</summary>
internal sealed class CompileLoop : IWorkload
{
    private const int Files = 40;

    // One line for each build, on the shell's standard output: nothing is opened for it.
    private const string Loop = "while make -s -B -j\"$(nproc)\" -C \"$0\" program; do echo done; done";

    private const string Makefile = """
        objects := $(patsubst %.c,%.o,$(wildcard *.c))
        program: $(objects)
        	$(CC) -o $@ $^
        %.o: %.c shared.h
        	$(CC) -O1 -c -o $@ $<

        """;

    private readonly ScratchDirectory _directory = new();
    private readonly WorkloadCgroup _cgroup = new("compile");
    private Process? _shell;
    private int _builds;

    public string Name => "compile loop (make, gcc)";

    public string Unit => "compilations";

    public async Task StartAsync()
    {
        WriteProject();
        ProcessStartInfo command = _cgroup.Command("/bin/sh", "-c", Loop, _directory.Path);
        command.RedirectStandardOutput = true;
        _shell = ToolProcess.Start(command);
        var first = new TaskCompletionSource();
        _shell.OutputDataReceived += (_, e) =>
        {
            if (e.Data is null)
            {
                first.TrySetException(new InvalidOperationException("the compile loop ended"));
                return;
            }

            Interlocked.Increment(ref _builds);
            first.TrySetResult();
        };
        _shell.BeginOutputReadLine();
        await first.Task.ConfigureAwait(false);
    }

    public Task<double> DoneAsync() => _shell is { HasExited: false }
        ? Task.FromResult((double)Volatile.Read(ref _builds) * (Files + 1))
        : throw new InvalidOperationException("the compile loop ended");

    public async ValueTask DisposeAsync()
    {
        if (_shell is not null)
        {
            await ToolProcess.StopAsync(_shell, "KILL").ConfigureAwait(false);
        }

        // Kills make, and gcc below it.
        await _cgroup.DisposeAsync().ConfigureAwait(false);
        _directory.Dispose();
    }

    private void WriteProject()
    {
        var main = new StringBuilder("#include <stdio.h>\n");
        var calls = new StringBuilder();
        for (int i = 0; i < Files; i++)
        {
            string number = i.ToString(CultureInfo.InvariantCulture);
            _directory.Write($"unit{number}.c", $$"""
                #include <errno.h>
                #include <stdio.h>
                #include <stdlib.h>
                #include <string.h>
                #include <unistd.h>
                #include "shared.h"
                int unit{{number}}(int n) { char text[64]; snprintf(text, sizeof(text), "%d", shared(n + {{number}})); return (int)strlen(text); }

                """);
            main.Append(CultureInfo.InvariantCulture, $"int unit{number}(int);\n");
            calls.Append(CultureInfo.InvariantCulture, $" + unit{number}(n)");
        }

        _directory.Write("main.c", $"{main}int main(int n, char **v) {{ (void)v; printf(\"%d\\n\", 0{calls}); return 0; }}\n");
        _directory.Write("shared.h", "static inline int shared(int n) { return n * 3; }\n");
        _directory.Write("Makefile", Makefile);
    }
}
