// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace NodeAgent.Tests.Packaging;

/// <summary>The image of <c>make image</c>, run as a container runtime would.</summary>
[Trait("Level", "Integration")]
public sealed class ImageTests : IClassFixture<ImageFixture>
{
    private readonly ImageFixture _image;

    public ImageTests(ImageFixture image)
    {
        _image = image;
        Assert.SkipWhen(image.SkipReason is not null, image.SkipReason ?? "");
    }

    [Fact]
    public void Content_IsThePrograms_NoShellNoSdk()
    {
        string root = Path.Combine(_image.Bundle, "rootfs");
        var programs = Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
            .Where(path => (File.GetUnixFileMode(path) & UnixFileMode.UserExecute) != 0)
            .Select(path => "/" + Path.GetRelativePath(root, path))
            .Where(path => !path.StartsWith("/lib", StringComparison.Ordinal) && !path.EndsWith(".so", StringComparison.Ordinal));

        Assert.Equal(["/app/node-agent", "/app/node-agent-storage"], programs.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Configuration_StartsTheAgent()
    {
        JsonNode process = _image.Configuration()["process"]!;

        Assert.Equal(["/app/node-agent", "run"], process["args"]!.AsArray().Select(argument => (string)argument!));
        Assert.Contains("PATH=/app", process["env"]!.AsArray().Select(variable => (string)variable!));
    }

    [Theory]
    [InlineData("node-agent")]
    [InlineData("node-agent-storage")]
    public async Task Version_InTheContainer_IsThatOfTheBuild(string program)
    {
        ShellResult result = await _image.RunAsync(program, "--version");

        Assert.True(result.ExitCode == 0, result.All);
        Assert.Matches(@"^(node-agent )?\d+\.\d+\.\d+", result.Output);
    }

    /// <summary>What needs libraries that are loaded by name: libbpf's shim and what that reads objects with.</summary>
    [Fact]
    public async Task Doctor_InTheContainer_ReportsOnTheMachine()
    {
        ShellResult result = await _image.RunAsync("node-agent", "doctor", "-o", "json");

        JsonNode report = JsonNode.Parse(result.Output)!;
        Assert.NotEmpty((string)report["kernel"]!);
        Assert.DoesNotContain("DllNotFound", result.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_InTheContainer_NamesTheCommands()
    {
        ShellResult result = await _image.RunAsync("node-agent", "--help");

        Assert.True(result.ExitCode == 0, result.All);
        Assert.Contains("doctor", result.Output, StringComparison.Ordinal);
    }
}
