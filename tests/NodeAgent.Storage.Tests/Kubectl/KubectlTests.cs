// SPDX-License-Identifier: Apache-2.0
using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Storage.Tests.Engines;

namespace NodeAgent.Storage.Tests.Kubectl;

/// <summary>The real kubectl judges: one script of tests/kubectl per fact, each against a server of its own.</summary>
public abstract class KubectlTests(TestEngine engine)
{
    public static TheoryData<string> Scripts =>
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "kubectl"), "*-*.sh").Select(path => Path.GetFileName(path)).Order()];

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Script_OfTheRealKubectl_Passes(string script)
    {
        SkipWithoutKubectl();
        using var directory = new TemporaryDirectory();
        var options = new StorageOptions { DataDirectory = directory.Path };
        await engine.PrepareAsync(options);
        await using StorageServer server = await StorageServer.StartAsync(
            options, NullLoggerFactory.Instance, TimeProvider.System, CancellationToken.None);
        var start = new ProcessStartInfo("sh", [Path.Combine(AppContext.BaseDirectory, "kubectl", script)]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["KUBECONFIG"] = server.KubeconfigPath;
        start.Environment["HOME"] = directory.Path;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.True(process.ExitCode == 0, $"{script}: {errors}{await output}");
    }

    [Fact]
    public void Scripts_AreThere() => Assert.True(Scripts.Count >= 4);

    private static void SkipWithoutKubectl()
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo("kubectl", ["version", "--client"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.WaitForExit();
        }
        catch (Win32Exception)
        {
            Assert.Skip("kubectl is not installed");
        }
    }
}

public sealed class SqliteKubectlTests() : KubectlTests(new SqliteEngine());

public sealed class PostgresKubectlTests(PostgresCluster cluster) : KubectlTests(new PostgresEngine(cluster));
