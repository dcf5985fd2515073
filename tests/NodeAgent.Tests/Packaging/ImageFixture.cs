// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace NodeAgent.Tests.Packaging;

/// <summary>The image, built once by <c>make image</c> and unpacked into an OCI bundle.</summary>
public sealed class ImageFixture : IAsyncLifetime
{
    private readonly ScratchFolder _folder = new();

    /// <summary>Why this machine cannot build or run the image; null when it can.</summary>
    public string? SkipReason { get; private set; }

    public string Bundle => _folder["bundle"];

    public async ValueTask InitializeAsync()
    {
        SkipReason = Missing();
        if (SkipReason is not null)
        {
            return;
        }

        await MustAsync("make", "--no-print-directory", "image", "IMAGE=node-agent:test");
        await MustAsync("umoci", "unpack", "--image", RepositoryRoot.File("out/image:test"), Bundle);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>The runtime configuration that the image asks for.</summary>
    public JsonNode Configuration() => JsonNode.Parse(File.ReadAllText(Path.Combine(Bundle, "config.json")))!;

    /// <summary>Runs a program of the image in a container with a read-only root and other arguments.</summary>
    internal async Task<ShellResult> RunAsync(string program, params string[] arguments)
    {
        string id = $"node-agent-image-test-{Environment.ProcessId}-{Guid.NewGuid():N}";
        JsonNode configuration = Configuration();
        configuration["process"]!["terminal"] = false;
        configuration["process"]!["args"] = new JsonArray([.. arguments.Prepend("/app/" + program).Select(a => (JsonNode)a!)]);
        configuration["root"]!["readonly"] = true;
        configuration["linux"]!["cgroupsPath"] = "/" + id;
        Directory.CreateDirectory(_folder[id]);
        configuration["root"]!["path"] = Path.Combine(Bundle, "rootfs");
        await File.WriteAllTextAsync(Path.Combine(_folder[id], "config.json"), configuration.ToJsonString());

        string state = _folder["runc"];
        ShellResult result = await ShellProcess.RunAsync("runc", "--root", state, "run", "--bundle", _folder[id], id);
        await ShellProcess.RunAsync("runc", "--root", state, "delete", "--force", id);
        return result;
    }

    private static string? Missing()
    {
        if (Environment.UserName != "root")
        {
            return "root is needed to run a container";
        }

        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        string[] missing = [.. new[] { "umoci", "runc", "make" }.Where(tool => !folders.Any(folder => File.Exists(Path.Combine(folder, tool))))];
        return missing.Length == 0 ? null : $"not installed: {string.Join(", ", missing)} (make setup-test installs them)";
    }

    private static async Task MustAsync(string file, params string[] arguments)
    {
        ShellResult result = await ShellProcess.RunAsync(file, arguments);
        Assert.True(result.ExitCode == 0, $"{file} {string.Join(' ', arguments)}: {result.All}");
    }
}
