// SPDX-License-Identifier: Apache-2.0
using NodeAgent.HostScan.Sensors;

namespace NodeAgent.HostScan.Tests.Sensors;

public sealed class RedactionTests
{
    [Theory]
    [InlineData("a --token=s3cret b", "a --token=<redacted> b")]
    [InlineData("a --token s3cret b", "a --token <redacted> b")]
    [InlineData("a --agent-token s3cret --b", "a --agent-token <redacted> --b")]
    [InlineData("a --token --b c", "a --token --b c")]
    [InlineData("env REGISTRY_PASSWORD=x run", "env REGISTRY_PASSWORD=<redacted> run")]
    [InlineData("k3s --kube-apiserver-arg=oidc-client-secret=x", "k3s --kube-apiserver-arg=oidc-client-secret=<redacted>")]
    [InlineData("k3s --datastore-endpoint=mysql://a:b@c", "k3s --datastore-endpoint=<redacted>")]
    [InlineData("a --proxy=http://user:pass@proxy:3128/x", "a --proxy=http://user:<redacted>@proxy:3128/x")]
    [InlineData("a Authorization: Bearer abc", "a Authorization: Bearer abc")]
    [InlineData("curl abcdef.0123456789abcdef", "curl <redacted>")]
    [InlineData("a eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrIn0.c2ln b", "a <redacted> b")]
    [InlineData("a AKIAIOSFODNN7EXAMPLE", "a <redacted>")]
    [InlineData("a --manifest-url-header=X:y", "a --manifest-url-header=<redacted>")]
    public void CommandLine_Secrets_AreTakenOut(string line, string told) => Assert.Equal(told, Redaction.CommandLine(line.Split(' ')));

    [Theory]
    [InlineData("--tls-private-key-file=/a.key")]
    [InlineData("--token-auth-file=/tokens.csv")]
    [InlineData("--enable-bootstrap-token-auth=true")]
    [InlineData("--authorization-mode=Webhook")]
    [InlineData("--authentication-token-webhook-cache-ttl=10s")]
    [InlineData("--service-account-max-token-expiration=24h")]
    [InlineData("--use-service-account-credentials=true")]
    [InlineData("--authorization-kubeconfig=/a.conf")]
    [InlineData("--authorization-always-allow-paths=/healthz")]
    [InlineData("--encryption-provider-config=/enc.yaml")]
    [InlineData("--controllers=*,bootstrapsigner,tokencleaner")]
    [InlineData("--image-credential-provider-bin-dir=/bin")]
    [InlineData("--container-runtime-endpoint=unix:///run/containerd/containerd.sock")]
    public void CommandLine_WhatIsNoSecret_Stays(string argument) => Assert.Equal("a " + argument, Redaction.CommandLine(["a", argument]));

    [Fact]
    public void CommandLine_OneArgumentWithAHeaderOrAKey_IsCut()
    {
        Assert.Equal("Authorization: Bearer <redacted>", Redaction.CommandLine(["Authorization: Bearer abc"]));
        Assert.Equal("--x=<redacted>", Redaction.CommandLine(["--x=-----BEGIN RSA PRIVATE KEY-----\nabc"]));
    }

    [Fact]
    public void Value_Members_AreJudgedByTheirOwnName()
    {
        Assert.Equal("Webhook", Redaction.Value("authorization.mode", "Webhook"));
        Assert.Equal("<redacted>", Redaction.Value("registry.auth", "abc"));
        Assert.Equal("<redacted>", Redaction.Value("a.password", "123456"));
    }

    // Patterns must not take for ever on any text.
    [Theory]
    [InlineData("://a")]
    [InlineData("eyJaaaaaaaa.")]
    [InlineData("Bearer ")]
    [InlineData("-eyJ")]
    [InlineData("://a:")]
    [InlineData("-----BEGIN ")]
    public void Value_LongHostileText_IsQuick(string unit)
    {
        string text = string.Concat(Enumerable.Repeat(unit, 200_000));
        long began = TimeProvider.System.GetTimestamp();
        _ = Redaction.Value("x", text);

        Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }
}
